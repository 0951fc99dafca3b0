// Which language a text seems to be in, as far as needed to say "not scanned": a pack of one language says nothing about another. Counting of
// function words and scripts; short texts are left to the pack.

/** Frequent function words that hardly occur in the other languages listed. */
const functionWords: Readonly<Record<string, readonly string[]>> = {
  en: [
    "the",
    "and",
    "is",
    "are",
    "of",
    "to",
    "in",
    "you",
    "your",
    "with",
    "for",
    "this",
    "that",
    "it",
    "we",
    "our",
    "on",
    "at",
    "my",
    "not",
    "be",
    "have",
    "a",
    "i",
    "by",
    "from",
    "how",
    "what",
    "when",
  ],
  es: [
    "el",
    "los",
    "las",
    "y",
    "es",
    "una",
    "con",
    "por",
    "para",
    "tu",
    "su",
    "que",
    "del",
    "muy",
    "más",
    "sin",
    "pero",
    "esta",
    "este",
    "nuestro",
    "nuestra",
    "como",
    "cada",
  ],
  pt: [
    "os",
    "e",
    "é",
    "um",
    "uma",
    "com",
    "para",
    "seu",
    "sua",
    "que",
    "não",
    "do",
    "da",
    "dos",
    "das",
    "mais",
    "sem",
    "você",
    "nosso",
    "nossa",
    "em",
    "ao",
  ],
  fr: [
    "le",
    "les",
    "et",
    "est",
    "une",
    "des",
    "avec",
    "pour",
    "vous",
    "votre",
    "notre",
    "du",
    "que",
    "qui",
    "dans",
    "sur",
    "pas",
    "sans",
    "plus",
    "nous",
    "ce",
    "cette",
    "au",
  ],
  de: [
    "der",
    "die",
    "das",
    "und",
    "ist",
    "ein",
    "eine",
    "mit",
    "für",
    "nicht",
    "auf",
    "wir",
    "ihr",
    "sie",
    "dein",
    "deine",
    "unser",
    "ohne",
    "zu",
    "den",
    "dem",
    "im",
    "auch",
  ],
  it: [
    "il",
    "gli",
    "e",
    "è",
    "una",
    "con",
    "per",
    "che",
    "non",
    "della",
    "del",
    "di",
    "sono",
    "tuo",
    "nostro",
    "nostra",
    "più",
    "senza",
    "questo",
    "questa",
    "ogni",
  ],
  nl: [
    "het",
    "een",
    "en",
    "van",
    "met",
    "voor",
    "niet",
    "jouw",
    "ons",
    "onze",
    "deze",
    "dit",
    "zijn",
    "wij",
    "zonder",
    "ook",
    "naar",
    "bij",
  ],
  pl: ["i", "w", "na", "z", "się", "nie", "jest", "to", "dla", "twój", "nasz", "bez", "jak", "po", "czy", "co"],
  sv: ["och", "är", "en", "ett", "med", "för", "inte", "din", "ditt", "vår", "utan", "som", "på", "av", "till", "det"],
  da: ["og", "er", "en", "et", "med", "for", "ikke", "din", "dit", "vores", "uden", "som", "på", "af", "til", "det"],
  tr: ["ve", "bir", "bu", "için", "ile", "çok", "daha", "değil", "her", "sizin", "bizim", "gibi"],
  id: ["dan", "yang", "di", "untuk", "dengan", "tidak", "anda", "kami", "ini", "itu", "dari", "ke"],
};

const wordsMin = 4;
/** Above this share of letters in other scripts the text counts as another language. */
const foreignShareMax = 0.2;

/**
 * The language of a text where it seems to be another than `expected`; null where it may well be that one or the text is too short to tell.
 * @returns a BCP 47 language, or `und` where only the script speaks.
 */
export function otherLanguage(text: string, expected: string): string | null {
  // Styled letters and hidden characters are disguises and no other script.
  const shown = text.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  const words = shown.match(/\p{L}[\p{L}\p{M}'’]*/gu) ?? [];
  // Words that mix scripts are disguises and not another language.
  const foreign = words.filter((word) => !/\p{Script=Latin}/u.test(word));
  const letters = (list: readonly string[]): number => list.reduce((sum, word) => sum + word.length, 0);
  if (letters(foreign) > foreignShareMax * letters(words)) return "und";
  // Letters written apart are no words.
  if (words.filter((word) => word.length > 1).length < wordsMin) return null;
  const lower = words.map((word) => word.toLowerCase());
  const count = (language: string): number => {
    const known = new Set(functionWords[language]);
    return lower.filter((word) => known.has(word)).length;
  };
  const own = functionWords[expected] === undefined ? 0 : count(expected);
  const [best, hits] = Object.keys(functionWords)
    .filter((language) => language !== expected)
    .map((language) => [language, count(language)] as const)
    .reduce((one, other) => (other[1] > one[1] ? other : one), ["und", 0] as readonly [string, number]);
  return hits >= 2 && hits > own ? best : null;
}
