// The outside behind the ports of pure rooms: files, models, media, flag systems.
export { AssignmentFileStore } from "./assignmentFileStore.ts";
export { fileCreator, type FileCreatorOptions } from "./fileCreator.ts";
export { type FileStoreOptions, openFileStore } from "./fileStore.ts";
export { type AssetFile, type AssetFolder, openAssetFolder } from "./media/assetFolder.ts";
export { pinAssets } from "./media/assetHashes.ts";
export { ffmpegDecoder, type FrameDecoder, type FrameRequest } from "./media/frameDecoder.ts";
export { createMediaHasher, type HasherOptions } from "./media/mediaHasher.ts";
export { createMediaProber } from "./media/mediaProber.ts";
export { modelCreator, type ModelCreatorOptions } from "./modelCreator.ts";
export { exposureTrackingEvent, openFeatureProvider, type OpenFeatureProviderOptions, type TrackedEvent } from "./openFeatureProvider.ts";
