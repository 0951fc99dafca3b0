// The outside behind the ports of pure rooms: files, models, media, flag systems.
export { AssignmentFileStore } from "./assignmentFileStore.ts";
