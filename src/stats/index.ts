// Statistics for few posts: special functions and distributions, exact tests, shrinkage, quadrature, descriptions.
export {
  betaCdf,
  betaLogCdf,
  betaLogPdf,
  betaLogSf,
  betaPdf,
  betaQuantile,
  betaSf,
  betaUpperQuantile,
  binomialCdf,
  binomialLogCdf,
  binomialLogPmf,
  binomialLogSf,
  binomialPmf,
  binomialQuantile,
  binomialSf,
  binomialUpperQuantile,
  chiSquareCdf,
  chiSquareLogCdf,
  chiSquareLogPdf,
  chiSquareLogSf,
  chiSquarePdf,
  chiSquareQuantile,
  chiSquareSf,
  chiSquareUpperQuantile,
  erf,
  erfc,
  fCdf,
  fLogCdf,
  fLogPdf,
  fLogSf,
  fPdf,
  fQuantile,
  fSf,
  fUpperQuantile,
  gammaCdf,
  gammaLogCdf,
  gammaLogPdf,
  gammaLogSf,
  gammaPdf,
  gammaQuantile,
  gammaSf,
  gammaUpperQuantile,
  log1mExp,
  logBeta,
  logChoose,
  logErfc,
  logFactorial,
  logGamma,
  logGammaDelta,
  logSumExp,
  normalCdf,
  normalLogCdf,
  normalLogPdf,
  normalLogSf,
  normalPdf,
  normalQuantile,
  normalSf,
  normalUpperQuantile,
  studentTCdf,
  studentTLogCdf,
  studentTLogPdf,
  studentTLogSf,
  studentTPdf,
  studentTQuantile,
  studentTSf,
  studentTUpperQuantile,
} from "./special/index.ts";
export {
  type Alternative,
  type Exactness,
  type MonteCarloOptions,
  monteCarloResult,
  requireMonteCarlo,
  type TestResult,
} from "./testResult.ts";
export { chiSquareTest, exactMultinomialTest, ratioTest, type RatioTestResult } from "./ratioTest.ts";
export { contingencyTest, type ContingencyResult } from "./contingencyTest.ts";
export { fisherExact, type FisherResult } from "./fisherExact.ts";
export { kolmogorovSmirnov, type KolmogorovSmirnovOptions } from "./kolmogorovSmirnov.ts";
export { mannWhitneyExact, type MannWhitneyOptions, type MannWhitneyResult } from "./mannWhitney.ts";
export { partialShuffle } from "./partialShuffle.ts";
export { type PermutationOptions, signFlipTest, type StratifiedSample, stratifiedPermutationTest } from "./permutationTest.ts";
export { holm } from "./holm.ts";
export { wilsonInterval } from "./wilsonInterval.ts";
export { blockEffect, type EffectEstimate, estimateTau, normalNormalShrinkage, type ShrunkenEffect } from "./shrinkage.ts";
export { blocksNeeded, detectableLift } from "./detectableLift.ts";
export { bestOf, type BestOf, type Posterior } from "./bestOf.ts";
export { gaussLegendre, type GaussLegendreRule, integrate } from "./quadrature.ts";
export { mean, median, medianAbsoluteDeviation, quantile, sampleSd, sampleVariance } from "./descriptive.ts";
