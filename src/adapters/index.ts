// The outside behind the ports of pure rooms: files, models, media, flag systems.
export { AssignmentFileStore } from "./assignmentFileStore.ts";
export { type FileStoreOptions, openFileStore } from "./fileStore.ts";
