// How a command is declared: citty's argument types, and what citty has no word for. Everything that concerns the words of a command line is made of
// declarations: strict reading, settings, help, the tables of the docs. They are plain data, so that help and completion load nothing else.
import type { BooleanArgDef, CommandDef, EnumArgDef, PositionalArgDef, StringArgDef } from "citty";
import type { Context, Ending } from "./context.ts";
import type { Line } from "./line.ts";

/** The groups in which help shows options, in this order. */
export type Group =
  | "input"
  | "process"
  | "endpoint"
  | "pace"
  | "stopping"
  | "resuming"
  | "output"
  | "everywhere";

/** How the text of a value is read (values.ts), and so the type of the setting. */
export type ValueRule =
  /** Any text but an empty one; "string": an empty one, too. */
  | "text"
  | "string"
  /** A number from 0 on with a point. */
  | "decimal"
  /** A time with its unit; the setting is in milliseconds and its name ends in `Ms`. */
  | "duration"
  | {
      readonly kind: "count";
      readonly min: number;
      readonly max?: number;
      readonly words?: readonly string[];
    }
  /** A size with its unit; the setting is in bytes and its name ends in `Bytes`. */
  | { readonly kind: "size"; readonly max: number };

/** What completion offers for a value (lib/cli/completion). */
export type Completion =
  /** Nothing: a number, a time, a name of the user's own. */
  | "none"
  | "file"
  | "folder"
  /** The name of a backup, or also the folder of one from elsewhere. */
  | "backup"
  | "backup-or-folder"
  /** The id of an item that has a result. */
  | "item"
  /** A field of the input that is named on the line. */
  | "field"
  /** A text in which such fields are filled in; or also `@FILE`. */
  | "template"
  | "template-or-file"
  /** Files with one of these extensions, where there are any. */
  | { readonly extensions: readonly string[] }
  /** Fixed words. `list`: several of them, with commas between. */
  | { readonly words: readonly string[]; readonly list?: true };

type Texts = {
  /** English, in citty's key. */
  readonly description: string;
  readonly zh: string;
};

type Option = Texts & {
  /** Where help shows it; without it among the command's own options. */
  readonly group?: Group;
  /** Says something only beside all of these: names of options, or `--` for a command behind `--`. */
  readonly needs?: readonly string[];
  /** Must not stand beside any of these: names of options, or `--`. */
  readonly excludes?: readonly string[];
  /** It is about this one start: not part of the words on record, by which a bare `ckpt run` resumes. */
  readonly once?: true;
  /** Its value is never shown, recorded, or read from a settings file. */
  readonly secret?: true;
};

type Repeatable = {
  /** May be given more than once: the setting is an array of all values. */
  readonly repeat?: true;
};

/** Whatever takes a value says what completes it; the words of an enum do so by themselves. */
type Valued = Repeatable & { readonly complete: Completion };

export type BooleanArgument = Readonly<Omit<BooleanArgDef, "type" | "default" | "description">> &
  Option & {
    readonly type: "boolean";
    /** Chinese text of `--no-NAME`; `negativeDescription` is the English one, without which there is no such form. */
    readonly negativeZh?: string;
  };
export type StringArgument = Readonly<Omit<StringArgDef, "type" | "description" | "valueHint">> &
  Option &
  Valued & { readonly type: "string"; readonly valueHint: string; readonly value: ValueRule };
export type EnumArgument = Readonly<Omit<EnumArgDef, "type" | "options" | "description">> &
  Option &
  Repeatable & { readonly type: "enum"; readonly options: readonly string[] };
export type PositionalArgument = Readonly<Omit<PositionalArgDef, "type" | "description" | "valueHint">> &
  Texts &
  Valued & { readonly type: "positional"; readonly valueHint: string };

export type Argument = BooleanArgument | StringArgument | EnumArgument | PositionalArgument;
/** Arguments by the name of the option (without `--`), or of the setting for positional ones. */
export type ArgumentSet = { readonly [name: string]: Argument };

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;
type Unit<A> = A extends { readonly value: "duration" }
  ? "Ms"
  : A extends { readonly value: { readonly kind: "size" } }
    ? "Bytes"
    : "";

type Read<A> = A extends { readonly type: "enum"; readonly options: readonly (infer T)[] }
  ? T
  : A extends { readonly value: "decimal" | "duration" | { readonly kind: "size" } }
    ? number
    : A extends { readonly value: { readonly kind: "count"; readonly words: readonly (infer W)[] } }
      ? number | W
      : A extends { readonly value: { readonly kind: "count" } }
        ? number
        : string;

type Setting<A> = A extends { readonly type: "boolean" }
  ? A extends { readonly negativeDescription: string }
    ? boolean | null
    : boolean
  : A extends { readonly repeat: true }
    ? readonly Read<A>[]
    : A extends { readonly default: string } | { readonly type: "positional"; readonly required: true }
      ? Read<A>
      : Read<A> | null;

/** The settings that a set of arguments gives, by camelCase names: `--max-time 5m` is `maxTimeMs: 300_000`. Null: not given, and no default. */
export type SettingsOf<T extends ArgumentSet> = {
  readonly [K in keyof T & string as `${Camel<K>}${Unit<T[K]>}`]: Setting<T[K]>;
};

/** What a command is called with. */
export type Invocation<T extends ArgumentSet> = {
  readonly settings: SettingsOf<T>;
  /** Everything behind `--`; null when there is no `--`. */
  readonly rest: readonly string[] | null;
  /** The words behind the command's name, as they were typed. */
  readonly words: readonly string[];
  /** The same, read. */
  readonly typed: Line;
  /** Names of options in the settings file that say nothing beside what was typed. */
  readonly dropped: readonly string[];
};

type Rest = { readonly valueHint: string; readonly description: string; readonly zh: string };
type Example = { readonly line: string; readonly description: string; readonly zh: string };

export type CommandDeclaration<T extends ArgumentSet> = {
  readonly meta: { readonly name: string; readonly description: string; readonly zh: string };
  readonly args: T;
  /** What stands behind `--`; without it `--` is refused. */
  readonly rest?: Rest;
  readonly examples: readonly Example[];
  /** A method, so that a declaration with settings of its own is a `Command`. */
  run(invocation: Invocation<T>, context: Context): Promise<Ending> | Ending;
};

/** A command as everybody else sees it: its settings are typed only inside its own file. */
export type Command = Omit<CommandDeclaration<ArgumentSet>, "run"> & {
  run(invocation: Invocation<ArgumentSet>, context: Context): Promise<Ending> | Ending;
};

/** Declares a command; the settings that `run` gets are typed by `args`. */
export function declareCommand<const T extends ArgumentSet>(declaration: CommandDeclaration<T>): Command {
  return declaration;
}

/** The declaration as citty takes it. @param run what citty's `run` does, with the values that citty has read */
export function cittyCommand(
  { meta, args }: Pick<Command, "meta" | "args">,
  run: NonNullable<CommandDef["run"]>,
): CommandDef {
  return {
    meta: { name: meta.name, description: meta.description },
    args: args as NonNullable<CommandDef["args"]>,
    run,
  };
}

/** Whether `--no-NAME` exists. */
export function hasNegative(argument: Argument): argument is BooleanArgument {
  return argument.type === "boolean" && argument.negativeDescription !== undefined;
}

/** The spellings of all options: `--name`, and `--no-name` where it exists. */
export function optionNames(args: ArgumentSet): string[] {
  return Object.entries(args).flatMap(([name, argument]) => {
    if (argument.type === "positional") return [];
    return hasNegative(argument) ? [`--${name}`, `--no-${name}`] : [`--${name}`];
  });
}
