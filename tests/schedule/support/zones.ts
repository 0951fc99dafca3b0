/** The six zones of the platforms note: northern, southern, half-hour and no clock change. */
export const dstZones = [
  "Europe/London",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "Europe/Lisbon",
  "Pacific/Auckland",
] as const;
