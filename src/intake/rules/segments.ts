// Segments and uploaded files: where the brief gives the finished file, another opening or another sound track would change nothing that is published.
import { type BriefRule, briefRule, patchedFields } from "../../domain/index.ts";

const assembledFrom = ["media.first3s", "media.rest", "media.audio"] as const;

export const segmentsReachTheUpload: BriefRule = briefRule(["control", "testVariants"], ({ control, testVariants }) => {
  if (control.content.media.renditions.length === 0) return [];
  return testVariants.flatMap(({ patch }, at) => {
    const fields = patchedFields(patch);
    const segment = fields.includes("media.renditions") ? undefined : assembledFrom.find((field) => fields.includes(field));
    return segment === undefined
      ? []
      : [
          {
            code: "segment-not-uploaded",
            path: `testVariants[${at}].patch.${segment}`,
            message: `control names the files to upload, so another ${segment} would not be seen`,
            fix: "Give the segments first3s, rest and audio and leave out renditions, so that files are assembled from them.",
          },
        ];
  });
});
