// Names of files and folders that begin with what is typed. Only folders are read: nothing is opened.
import { type FileSystem, O } from "../../io/fs.ts";
import type { Candidate } from "./wanted.ts";

/** More than anybody reads in a list. */
const NAMES_MAX = 2000;

type Entry = { readonly name: string; readonly isFolder: boolean };

/**
 * Folders, and files with one of the extensions; all files where none of those that fit has one.
 * @param typed as far as the path is typed, `~` and variables put in
 * @param extensions without the dot; empty for any. Null: folders alone
 */
export function pathsBeginning(
  fs: FileSystem,
  cwd: string,
  typed: string,
  extensions: readonly string[] | null,
): Candidate[] {
  const slash = typed.lastIndexOf("/") + 1;
  const [above, beginning] = [typed.slice(0, slash), typed.slice(slash)];
  const entries = entriesOf(fs, above.startsWith("/") ? above : `${cwd}/${above}`, beginning);
  const files = entries.filter(({ isFolder }) => !isFolder);
  const isWanted = ({ name }: Entry): boolean =>
    extensions?.some((extension) => name.toLowerCase().endsWith(`.${extension}`)) === true;
  const wanted = extensions === null ? [] : files.some(isWanted) ? files.filter(isWanted) : files;
  const folders = entries.filter(({ isFolder }) => isFolder);
  return [
    ...folders.map(({ name }): Candidate => ({ word: `${above}${name}/`, text: "", isOpen: true })),
    ...wanted.map(({ name }): Candidate => ({ word: above + name, text: "" })),
  ];
}

/** Hidden ones only where the beginning asks for them; names that are no text are left out, since they could not be typed. */
function entriesOf(fs: FileSystem, folder: string, beginning: string): Entry[] {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .filter(
        ({ name }) =>
          name.startsWith(beginning) &&
          (beginning !== "" || !name.startsWith(".")) &&
          !name.includes("\uFFFD"),
      )
      .slice(0, NAMES_MAX)
      .map((entry) => ({
        name: entry.name,
        isFolder:
          entry.isDirectory() || (entry.isSymbolicLink() && leadsToFolder(fs, `${folder}/${entry.name}`)),
      }));
  } catch {
    return []; // no such folder, or none that may be read
  }
}

function leadsToFolder(fs: FileSystem, file: string): boolean {
  try {
    return fs.statSync(file).isDirectory();
  } catch {
    return false; // a link that leads nowhere
  }
}

/** Programs in the folders of PATH whose names begin so. */
export function programsBeginning(fs: FileSystem, searchPath: string, beginning: string): Candidate[] {
  const names = new Set<string>();
  for (const folder of searchPath.split(":").filter((each) => each.startsWith("/"))) {
    for (const { name, isFolder: isNone } of entriesOf(fs, folder, beginning))
      if (!isNone && mayRun(fs, `${folder}/${name}`)) names.add(name);
  }
  return [...names].map((word) => ({ word, text: "" }));
}

function mayRun(fs: FileSystem, file: string): boolean {
  try {
    fs.accessSync(file, O.X_OK);
    return true;
  } catch {
    return false;
  }
}
