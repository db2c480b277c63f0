// Job objects of Windows (jobapi2.h): what is put into one, and all that it starts, can be ended together, and ends when the last handle is closed, however the
// process that holds it ends. So nothing is left behind there, and no process is ever named by a pid that another may have by now.

/** The calls of kernel32.dll that are needed. A handle is a number; 0 or null is none. */
export type Kernel = {
  CreateJobObjectW(attributes: null, name: null): Handle;
  SetInformationJobObject(job: Handle, kind: number, info: Uint8Array, bytes: number): number;
  QueryInformationJobObject(job: Handle, kind: number, info: Uint8Array, bytes: number, used: null): number;
  AssignProcessToJobObject(job: Handle, process: Handle): number;
  TerminateJobObject(job: Handle, status: number): number;
  OpenProcess(access: number, inherit: number, pid: number): Handle;
  CloseHandle(handle: Handle): number;
};
export type Handle = number | null;

/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION with JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE (winnt.h, 64 bits). */
const EXTENDED_LIMITS = 9;
const EXTENDED_LIMITS_BYTES = 144;
const LIMIT_FLAGS_AT = 16;
const KILL_ON_JOB_CLOSE = 0x2000;

/** JOBOBJECT_BASIC_ACCOUNTING_INFORMATION. */
const ACCOUNTING = 1;
const ACCOUNTING_BYTES = 48;
const ACTIVE_PROCESSES_AT = 40;

/** PROCESS_TERMINATE | PROCESS_SET_QUOTA: what AssignProcessToJobObject asks for. */
const MAY_ASSIGN = 0x0101;
/** The pseudo handle of this process. */
const THIS_PROCESS = -1;

/** What an ended process gives as its exit status. */
const ENDED = 1;

/** A job, empty until something is put into it. */
export class Job {
  readonly #kernel: Kernel;
  #handle: Handle;

  /** @throws Error where the system makes none */
  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#handle = kernel.CreateJobObjectW(null, null);
    const limits = new Uint8Array(EXTENDED_LIMITS_BYTES);
    new DataView(limits.buffer).setUint32(LIMIT_FLAGS_AT, KILL_ON_JOB_CLOSE, true);
    const isMade = Boolean(this.#handle);
    if (isMade && kernel.SetInformationJobObject(this.#handle, EXTENDED_LIMITS, limits, limits.length) !== 0)
      return;
    this.close();
    throw new Error("CreateJobObject");
  }

  /** Puts a process into it; what that starts from now on is in it as well. False when it is gone already, or may not be. */
  add(pid: number): boolean {
    const kernel = this.#kernel;
    const process = kernel.OpenProcess(MAY_ASSIGN, 0, pid);
    if (!process) return false;
    try {
      return kernel.AssignProcessToJobObject(this.#handle, process) !== 0;
    } finally {
      kernel.CloseHandle(process);
    }
  }

  /** Puts this process into it. The job must stay open as long as this process lives: closing it would end this one, too. */
  addThisProcess(): boolean {
    return this.#kernel.AssignProcessToJobObject(this.#handle, THIS_PROCESS) !== 0;
  }

  /** How many processes in it run. */
  get active(): number {
    if (!this.#handle) return 0;
    const info = new Uint8Array(ACCOUNTING_BYTES);
    const answered = this.#kernel.QueryInformationJobObject(
      this.#handle,
      ACCOUNTING,
      info,
      info.length,
      null,
    );
    return answered === 0 ? 0 : new DataView(info.buffer).getUint32(ACTIVE_PROCESSES_AT, true);
  }

  /** Ends all processes in it. */
  terminate(): void {
    if (this.#handle) this.#kernel.TerminateJobObject(this.#handle, ENDED);
  }

  /** Ends what is left in it, and gives it up. May be called twice. */
  close(): void {
    if (this.#handle) this.#kernel.CloseHandle(this.#handle);
    this.#handle = null;
  }
}

let kernel: Kernel | null | undefined;

/** kernel32.dll; null where it is not there, or no foreign function may be called. */
export function windowsKernel(): Kernel | null {
  if (kernel === undefined) kernel = loaded();
  return kernel;
}

type Foreign = {
  dlopen(library: string, symbols: { readonly [name: string]: Signature }): { readonly symbols: unknown };
};
type Signature = { readonly args: readonly string[]; readonly returns: string };

const SIGNATURES: { readonly [name in keyof Kernel]: Signature } = {
  CreateJobObjectW: { args: ["ptr", "ptr"], returns: "ptr" },
  SetInformationJobObject: { args: ["ptr", "i32", "ptr", "u32"], returns: "i32" },
  QueryInformationJobObject: { args: ["ptr", "i32", "ptr", "u32", "ptr"], returns: "i32" },
  AssignProcessToJobObject: { args: ["ptr", "ptr"], returns: "i32" },
  TerminateJobObject: { args: ["ptr", "u32"], returns: "i32" },
  OpenProcess: { args: ["u32", "i32", "u32"], returns: "ptr" },
  CloseHandle: { args: ["ptr"], returns: "i32" },
};

function loaded(): Kernel | null {
  try {
    const foreign = process.getBuiltinModule("bun:ffi") as unknown as Foreign;
    return foreign.dlopen("kernel32.dll", SIGNATURES).symbols as Kernel;
  } catch {
    return null; // taskkill.exe does most of it
  }
}

let own: Job | null = null;

/** From now on all that this process starts ends with it. Does nothing where there are no jobs. */
export function endDescendantsWithThisProcess(system: Kernel | null = windowsKernel()): void {
  if (own !== null || system === null) return;
  try {
    own = new Job(system);
    own.addThisProcess();
  } catch {
    // The jobs of single children end most of what could be left.
  }
}
