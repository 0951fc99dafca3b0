// Special functions and the seven distributions of the statistics room: densities, both tails, their logarithms, both quantiles.
export { erf, erfc, logErfc } from "./errorFunction.ts";
export { logBeta, logChoose, logFactorial, logGamma, logGammaDelta } from "./gammaFunction.ts";
export { log1mExp, logSumExp } from "./logarithms.ts";
export { normalCdf, normalLogCdf, normalLogPdf, normalLogSf, normalPdf, normalQuantile, normalSf, normalUpperQuantile } from "./normal.ts";
export {
  studentTCdf,
  studentTLogCdf,
  studentTLogPdf,
  studentTLogSf,
  studentTPdf,
  studentTQuantile,
  studentTSf,
  studentTUpperQuantile,
} from "./studentT.ts";
export {
  chiSquareCdf,
  chiSquareLogCdf,
  chiSquareLogPdf,
  chiSquareLogSf,
  chiSquarePdf,
  chiSquareQuantile,
  chiSquareSf,
  chiSquareUpperQuantile,
} from "./chiSquare.ts";
export { fCdf, fLogCdf, fLogPdf, fLogSf, fPdf, fQuantile, fSf, fUpperQuantile } from "./f.ts";
export { betaCdf, betaLogCdf, betaLogPdf, betaLogSf, betaPdf, betaQuantile, betaSf, betaUpperQuantile } from "./beta.ts";
export { gammaCdf, gammaLogCdf, gammaLogPdf, gammaLogSf, gammaPdf, gammaQuantile, gammaSf, gammaUpperQuantile } from "./gamma.ts";
export {
  binomialCdf,
  binomialLogCdf,
  binomialLogPmf,
  binomialLogSf,
  binomialPmf,
  binomialQuantile,
  binomialSf,
  binomialUpperQuantile,
} from "./binomial.ts";
