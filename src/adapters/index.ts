// Face of adapters/: files and programs behind the ports of the pure rooms.
export { type AssetFile, type AssetFolder, openAssetFolder } from "./media/assetFolder.ts";
export { createMediaHasher, type HasherOptions } from "./media/mediaHasher.ts";
export { createMediaProber } from "./media/mediaProber.ts";
