// What the linter checks: rules of the language, and the rooms of lib/ (docs/architecture.md). Run by Bun, which reads TypeScript (`bun run lint`).
// A room may import those that its row names, and no other, and where a room has doors only through them; all rules about imports are made of that table.
import type { OxlintConfig, OxlintOverride } from "oxlint";

type Room = {
  /** Rooms of which it uses code. */
  readonly knows: readonly string[];
  /** Rooms of which it uses only types. */
  readonly types?: readonly string[];
  /** Why it stands where it stands: shown with each breach. */
  readonly why: string;
  /** Files through which other rooms use it, types included; without any, all of it is open. */
  readonly doors?: readonly string[];
};

const SIDES = ["input", "processors", "checkpoint"];
const MIDDLE = ["core", "io", ...SIDES, "run", "output", "shards"];

const ROOMS: Readonly<Record<string, Room>> = {
  core: {
    knows: [],
    why: "lib/core holds pure rules and types and knows no other room, so that they can be tested without a disk.",
  },
  io: {
    knows: ["core"],
    why: "lib/io offers effects to the rooms above and knows only lib/core: what a file means is decided above it.",
  },
  input: {
    knows: ["core", "io"],
    why: "lib/input turns files into items and knows only lib/core and lib/io. input, processors and checkpoint do not know each other: lib/job wires them.",
  },
  processors: {
    knows: ["core", "io"],
    why: "lib/processors knows only lib/core and lib/io: the run loop calls a processor, never the other way round. input, processors and checkpoint do not know each other: lib/job wires them.",
  },
  checkpoint: {
    knows: ["core", "io"],
    why: "lib/checkpoint knows only lib/core and lib/io: what is on disk does not depend on how it was run. input, processors and checkpoint do not know each other: lib/job wires them.",
    doors: ["checkpoint.ts", "locked-checkpoint.ts", "results.ts"],
  },
  run: {
    knows: ["core", "io"],
    types: SIDES,
    why: "lib/run knows input, processors and checkpoint only as types: take the object as an argument. It reports events; lib/ui and lib/job act on them.",
  },
  output: {
    knows: ["core", "io", "input", "checkpoint"],
    types: ["run"],
    why: "lib/output writes results in input order for any caller: words and screens are lib/ui's, options lib/job's.",
  },
  shards: {
    knows: ["core", "io", "input", "checkpoint", "output"],
    types: ["run"],
    why: "lib/shards says which shard an item belongs to and merges results for any caller: words and options are decided above it.",
  },
  ui: {
    knows: ["core", "io"],
    types: [...SIDES, "run", "output", "shards"],
    why: "lib/ui knows what it shows only as types: it is given the values, so that it does no work of its own; lib/job and lib/commands decide.",
  },
  view: {
    knows: [...MIDDLE, "ui"],
    why: "lib/view shows a job to a browser and to other terminals: it is started by lib/job and lib/commands.",
  },
  "view/page": {
    knows: ["core", "ui"],
    why: "lib/view/page runs in a browser: it knows pure code of lib/core and lib/ui alone, and of lib/view types and what saved pages hold.",
  },
  cli: {
    knows: ["core", "io", "ui"],
    why: "lib/cli reads a command line by its declaration and knows no command: what a command does is decided above it.",
  },
  job: {
    knows: [...MIDDLE, "ui", "view", "cli"],
    why: "lib/job puts a job together from the rooms below; which command was called is lib/commands' matter.",
  },
  commands: {
    knows: [...MIDDLE, "ui", "view", "cli", "job"],
    why: "lib/commands is one file a command: its declaration, and what it does. Only lib/start chooses among them.",
  },
  start: {
    knows: [...MIDDLE, "ui", "view", "cli", "job", "commands"],
    why: "lib/start chooses the command and ends the process.",
  },
};
const ROOM_NAMES = Object.keys(ROOMS);

const OUTSIDE =
  "lib/ stands on its own: cli.ts, tests, benchmarks, scripts and examples use it, never the other way round.";
const EFFECTS =
  "Only lib/io touches the disk, child processes and the network: add a function there, so that every effect can be seen, traced and made to fail in one place.";
const EFFECT_MODULES =
  "^(?:node:)?(?:fs|fs/promises|child_process|net|http|https|http2|tls|dgram|dns|dns/promises|cluster)$|^bun:sqlite$";
const GLOBAL_BUN = "Use the global Bun, so that the rule that keeps its effects in lib/io can see them.";
const PROCESS =
  "process.* belongs to lib/cli/host.ts and lib/start (and lib/io): take streams, environment, signals and pid as arguments.";
const CLOCK = "The clock is an argument: take `now` from the caller, so that a test can set it.";
const CHANCE = "Chance is an argument: take the source from the caller, so that a test can repeat it.";

/** Packages that only some rooms may know, and why. */
const PACKAGES: readonly {
  readonly regex: string;
  readonly rooms: readonly string[];
  readonly why: string;
}[] = [
  {
    regex: "^openai",
    rooms: ["processors", "io"],
    why: "Only lib/processors (and lib/io) know the endpoint's client: everything else sees a processor.",
  },
  {
    regex: "^(?:consola|@clack/)",
    rooms: ["ui"],
    why: "Only lib/ui knows consola and clack: call a reporter or a prompt of lib/ui, so that words, colours and streams are decided in one place.",
  },
  {
    regex: "^ajv",
    rooms: ["processors"],
    why: "Only lib/processors/check knows ajv: everything else sees a check.",
  },
  {
    regex: "^citty",
    rooms: ["cli", "commands"],
    why: "Only lib/cli and lib/commands know citty: everything else sees settings.",
  },
  {
    regex: "^(?:preact|@preact/|uplot|marked)",
    rooms: ["view/page"],
    why: "Only lib/view/page knows what the page is made with: everything else sees lib/view/page-document.ts.",
  },
];

type Pattern = { readonly message: string } & (
  | { readonly regex: string; readonly allowTypeImports?: true }
  | { readonly group: string[] }
);

/** How deep a file may lie in its room. */
const DEPTH_MAX = 5;

/** What of a room with doors another room must not import: gitignore-style patterns, the last one that fits decides. */
function doorRule(name: string, { doors }: Room): Pattern[] {
  if (doors === undefined) return [];
  const ways = Array.from({ length: DEPTH_MAX }, (_, depth) => `${"../".repeat(depth + 1)}${name}/`);
  const group = ways.flatMap((way) => [`${way}**`].concat(doors.map((door) => `!${way}${door}`)));
  const files = doors.map((door) => `lib/${name}/${door}`).join(", ");
  return [
    { group, message: `lib/${name} is used through its doors alone: ${files}. Add to them what is missing.` },
  ];
}

/** What the files of a room must not import. A pattern that allows types stands first; there is no look-around in a regex. */
function importRules(name: string, { knows, types = [], why }: Room): Pattern[] {
  const path = (rooms: readonly string[]): string => `^(?:\\.\\./)+(?:${rooms.join("|")})/`;
  const unknown = ROOM_NAMES.filter(
    (room) => room !== name && !knows.includes(room) && !types.includes(room),
  );
  const isIo = name === "io";
  const others = Object.entries(ROOMS).filter(([room]) => room !== name && !unknown.includes(room));
  const mayUseProcess = isIo || name === "cli" || name === "start";
  return [
    ...(types.length > 0 ? [{ regex: path(types), allowTypeImports: true as const, message: why }] : []),
    ...(unknown.length > 0 ? [{ regex: path(unknown), message: why }] : []),
    ...others.flatMap(([other, room]) => doorRule(other, room)),
    { regex: "^(?:\\.\\./)+(?:cli\\.ts$|tests/|bench/|scripts/|examples/)", message: OUTSIDE },
    ...(isIo
      ? []
      : [
          { regex: EFFECT_MODULES, message: EFFECTS },
          { regex: "^bun$", message: GLOBAL_BUN },
        ]),
    ...(mayUseProcess ? [] : [{ regex: "^(?:node:)?process$", message: PROCESS }]),
    ...PACKAGES.filter(({ rooms }) => !rooms.includes(name)).map(({ regex, why: message }) => ({
      regex,
      message,
    })),
  ];
}

function roomRules(name: string, room: Room): OxlintOverride {
  return {
    files: [`lib/${name}/**`],
    rules: { "no-restricted-imports": ["error", { patterns: importRules(name, room) }] },
  };
}

const EFFECTS_OF_BUN =
  "spawn spawnSync file write serve listen connect udpSocket openInEditor $ stdin stdout stderr fetch mmap".split(
    " ",
  );
const restrictedProperties = [
  ...EFFECTS_OF_BUN.map((property) => ({ object: "Bun", property, message: EFFECTS })),
  { object: "Date", property: "now", message: CLOCK },
  { object: "performance", property: "now", message: CLOCK },
  { object: "Bun", property: "nanoseconds", message: CLOCK },
  { object: "Math", property: "random", message: CHANCE },
];
const networkGlobals = ["fetch", "WebSocket", "EventSource", "XMLHttpRequest"].map((name) => ({
  name,
  message: EFFECTS,
}));

/** What `process`, the clock and chance come from, for everybody else. */
const HOST = ["lib/cli/host.ts", "lib/start/**"];

const config: OxlintConfig = {
  plugins: ["eslint", "typescript", "unicorn", "oxc", "import", "promise", "node"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  env: { builtin: true },
  globals: { Bun: "readonly" },
  ignorePatterns: ["dist", "node_modules", "checkpoints", "coverage"],
  rules: {
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-namespace": "error",
    "typescript/only-throw-error": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-import-type-side-effects": "error",
    "typescript/ban-ts-comment": "error",
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "import/no-commonjs": "error",
    "oxc/no-barrel-file": ["error", { threshold: 0 }],
    eqeqeq: "error",
    "no-console": "error",
    "no-empty": "error",
    "no-var": "error",
    "prefer-const": "error",
    "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
    "unicorn/consistent-function-scoping": ["error", { checkArrowFunctions: false }],
    // The order of the awaits is the protocol here.
    "no-await-in-loop": "off",
    // These two are about windows; here there are Workers.
    "unicorn/require-post-message-target-origin": "off",
    "unicorn/prefer-add-event-listener": "off",
    // Large arrays are sorted where they stand.
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    // Text from outside is narrowed by "as" once, behind a check, at the edge.
    "typescript/no-unsafe-type-assertion": "off",
    // Record<never, never> says "a message without values".
    "typescript/no-generated-empty-object-type": "off",
    // It does not see that a switch is exhaustive; noImplicitReturns in tsconfig.json does.
    "typescript/consistent-return": "off",
    // A then() whose callback only acts returns nothing; no-floating-promises watches over its end.
    "promise/always-return": "off",
    // `import fc from "fast-check"` is how its own documents write it.
    "import/no-named-as-default": "off",
    "import/no-named-as-default-member": "off",
  },
  overrides: [
    ...Object.entries(ROOMS).map(([name, room]) => roomRules(name, room)),
    {
      files: ["cli.ts"],
      rules: {
        "no-restricted-imports": [
          "error",
          {
            patterns: [
              {
                regex: `^\\./lib/(?:${ROOM_NAMES.filter((name) => name !== "start").join("|")})/`,
                message: "cli.ts hands the words to lib/start; everything else is wired there.",
              },
              { regex: "^[^.]", message: "cli.ts hands the words to lib/start; it needs nothing else." },
            ],
          },
        ],
      },
    },
    {
      files: ["lib/**", "cli.ts"],
      rules: {
        "no-restricted-properties": ["error", ...restrictedProperties],
        "no-restricted-globals": [
          "error",
          { globals: [...networkGlobals, { name: "process", message: PROCESS }], checkGlobalObject: true },
        ],
      },
    },
    {
      files: [...HOST, "cli.ts"],
      rules: { "no-restricted-globals": ["error", { globals: networkGlobals, checkGlobalObject: true }] },
    },
    {
      files: ["lib/cli/host.ts"],
      rules: {
        "no-restricted-properties": [
          "error",
          ...restrictedProperties.filter(({ object }) => object !== "Math"),
        ],
      },
    },
    {
      // Shapes that are made of others, and texts that are made of lists: isolatedDeclarations wants the type of each part beside it (`input: INPUT as typeof INPUT`).
      files: [
        "lib/core/status.ts",
        "lib/core/job.ts",
        "lib/core/shards-facts.ts",
        "lib/checkpoint/backup/{manifest,receipt}.ts",
        "lib/job/arguments/{input,output}-arguments.ts",
        "lib/job/arguments/export-arguments.ts",
      ],
      rules: { "typescript/no-unnecessary-type-assertion": "off" },
    },
    { files: ["lib/io/**"], rules: { "no-restricted-properties": "off", "no-restricted-globals": "off" } },
    {
      // Its effects are those of a browser: the page asks its own server, and the clock is the browser's.
      files: ["lib/view/page/**"],
      rules: { "no-restricted-properties": "off", "no-restricted-globals": "off" },
    },
    {
      files: ["tests/**", "bench/**", "scripts/**", "examples/**"],
      rules: {
        "no-console": "off",
        "max-lines-per-function": "off",
        "unicorn/consistent-function-scoping": "off",
      },
    },
    {
      files: ["tests/**"],
      rules: { "typescript/no-floating-promises": "error", "typescript/require-await": "off" },
    },
    { files: ["tests/fixtures/**", "oxlint.config.ts"], rules: { "import/no-default-export": "off" } },
  ],
};

export default config;
