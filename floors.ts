// The house of docs/architecture.md as one table: which room stands on which floor, and who may import whom.
// oxlint.config.ts turns it into lint rules; tests/floors.test.ts plants violations and counts that each is found.

export interface Room {
  /** Floors are numbered from the ground; a room imports only from floors below its own. */
  floor: 0 | 1 | 2 | 3 | 4 | 5;
  /** Rooms of the same floor that may be imported all the same. */
  sideways: readonly string[];
}

const room = (floor: Room["floor"], ...sideways: string[]): Room => ({ floor, sideways });

export const rooms: Readonly<Record<string, Room>> = {
  domain: room(0),
  canon: room(0, "domain"),
  catalogue: room(0, "domain"),
  random: room(0, "domain", "canon"),
  stats: room(0, "domain", "canon", "random"),

  spec: room(1),
  intake: room(1),
  preflight: room(1),
  schedule: room(1),
  erm: room(1),
  decision: room(1, "erm"),
  bandit: room(1, "schedule"),

  machines: room(2),

  stream: room(3),
  platforms: room(3),
  adapters: room(3),
  campaign: room(3),
  report: room(3),
  memory: room(3),

  engine: room(4),
  sim: room(4),

  testing: room(5),
  cli: room(5),
};

/** The first floor that may touch the outside: clock, randomness, files, network, RxJS, databases. */
export const firstImpureFloor = 3;

export function mayImport(from: string, to: string): boolean {
  const importer = rooms[from];
  const imported = rooms[to];
  if (importer === undefined || imported === undefined || from === to) return true;
  return imported.floor < importer.floor || importer.sideways.includes(to);
}
