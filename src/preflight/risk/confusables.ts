// Letters of other scripts and styles that look like Latin ones, as used to slip words past filters. A small hand-made selection of the pairs in
// Unicode TR 39 (confusables.txt); compatibility forms (full width, mathematical, circled) are left to NFKC.

const rows: readonly (readonly [string, string])[] = [
  // Cyrillic, lower and upper case where they look different.
  ["абвгезіјкмнорстухһѕԁԛԝѵьп", "abbre3ijkmhopctyxhsdqwvbn"],
  ["АВЕЅІЈКМНОРСТУХԀԚԜ", "abesijkmhopctyxdqw"],
  // Greek.
  ["αβγεηικμνορτυχω", "abyenikuvoptuxw"],
  ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx"],
  // Armenian and Latin small capitals and letters of phonetic alphabets.
  ["օսոհցյ", "ounhgj"],
  ["ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz"],
  ["ɑɡɩʋǝɛıłøđħŧ", "agiveeilodht"],
];

/** Look-alike to plain lower-case letter. */
export const confusables: ReadonlyMap<string, string> = new Map([
  ...rows.flatMap(([from, to]) => Array.from(from, (letter, at): [string, string] => [letter, to[at]!])),
  // White letters on black squares and discs have no compatibility form.
  ...Array.from({ length: 26 }, (_, at): [string, string] => [String.fromCodePoint(0x1f150 + at), String.fromCodePoint(97 + at)]),
  ...Array.from({ length: 26 }, (_, at): [string, string] => [String.fromCodePoint(0x1f170 + at), String.fromCodePoint(97 + at)]),
]);
