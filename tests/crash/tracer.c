// What ptrace(2) needs and JavaScript cannot do: starts a program that stops before each system call of a list, in whatever thread, and lets
// the call happen, fail, be shortened, or be the last thing the program came to. x86-64 Linux. Compiled by bun:ffi without headers, hence the
// declarations and numbers here (linux/ptrace.h, linux/seccomp.h, linux/filter.h).
long ptrace(long request, ...);
int fork(void);
int waitpid(int pid, int *status, int options);
int kill(int pid, int signal);
int raise(int signal);
int prctl(int option, ...);
int execve(const char *file, char *const words[], char *const env[]);
void _exit(int code);

enum { TRACEME = 0, CONT = 7, GETREGS = 12, SETREGS = 13, SETOPTIONS = 0x4200 };
// TRACEFORK, TRACEVFORK, TRACECLONE, TRACEEXEC, TRACESECCOMP, EXITKILL
enum { OPTIONS = 2 | 4 | 8 | 16 | 128 | (1 << 20), SECCOMP_STOP = 7 };
enum { SIGKILL = 9, SIGSTOP = 19, WALL = 0x40000000 };
enum { SET_SECCOMP = 22, NO_NEW_PRIVS = 38, FILTER = 2, RET_TRACE = 0x7ff00000, RET_ALLOW = 0x7fff0000 };
enum { LOAD_WORD = 0x20, JUMP_EQUAL = 0x15, RETURN = 6, RULES_MAX = 64 };

struct rule { unsigned short code; unsigned char yes, no; unsigned value; };
struct program { unsigned short length; struct rule *rules; };
struct registers {
  unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, orig_rax;
  unsigned long rest[11];
};

static struct registers at;
static int root, stopped, ending;

static void filter(const int *calls, int count) {
  static struct rule rules[2 * RULES_MAX + 2];
  int n = 0;
  rules[n++] = (struct rule){LOAD_WORD, 0, 0, 0};
  for (int i = 0; i < count; i++) {
    rules[n++] = (struct rule){JUMP_EQUAL, 0, 1, calls[i]};
    rules[n++] = (struct rule){RETURN, 0, 0, RET_TRACE};
  }
  rules[n++] = (struct rule){RETURN, 0, 0, RET_ALLOW};
  struct program program = {n, rules};
  prctl(NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
  if (prctl(SET_SECCOMP, (long)FILTER, &program, 0L, 0L) != 0) _exit(125);
}

// Starts the program; 0, or -1 when it cannot be traced. `words` and `env` end with a null pointer.
int begin(char *const words[], char *const env[], const int *calls, int count) {
  int status;
  if (count > RULES_MAX) return -1;
  root = fork();
  if (root == 0) {
    if (ptrace(TRACEME, 0L, 0L, 0L) != 0) _exit(125);
    raise(SIGSTOP);
    filter(calls, count);
    execve(words[0], words, env);
    _exit(126);
  }
  if (waitpid(root, &status, WALL) != root || (status & 0xff) != 0x7f) return -1;
  if (ptrace(SETOPTIONS, (long)root, 0L, (long)OPTIONS) != 0) return -1;
  return ptrace(CONT, (long)root, 0L, 0L) == 0 ? 0 : -1;
}

// Waits for the next call of the list; the thread that is about to make it, or 0 when the program has ended.
int next_call(void) {
  int status;
  for (;;) {
    stopped = waitpid(-1, &status, WALL);
    if (stopped < 0) return 0;
    if ((status & 0xff) != 0x7f) {
      if (stopped == root) ending = status;
      continue;
    }
    int signal = status >> 8 & 0xff, event = status >> 16;
    if (event == SECCOMP_STOP) {
      if (ptrace(GETREGS, (long)stopped, 0L, &at) == 0) return stopped;
      continue;
    }
    // A new thread begins with a SIGSTOP that is not meant for it.
    if (event != 0 || signal == SIGSTOP) signal = 0;
    ptrace(CONT, (long)stopped, 0L, (long)signal);
  }
}

int call_number(void) { return at.orig_rax; }

double call_argument(int n) {
  unsigned long all[] = {at.rdi, at.rsi, at.rdx, at.r10, at.r8, at.r9};
  return (double)(long)all[n];
}

void let_happen(void) { ptrace(CONT, (long)stopped, 0L, 0L); }

// The call is not made; the program sees this error.
void let_fail(int error) {
  at.orig_rax = -1UL;
  at.rax = (unsigned long)-(long)error;
  ptrace(SETREGS, (long)stopped, 0L, &at);
  let_happen();
}

// The call is made with this as its third argument: a write of fewer bytes.
void let_shorten(long bytes) {
  at.rdx = bytes;
  ptrace(SETREGS, (long)stopped, 0L, &at);
  let_happen();
}

// The call is not made, and nothing else is: the thread dies where it stands.
void let_die(void) { kill(root, SIGKILL); }

// As waitpid(2) gives it.
int ended_with(void) { return ending; }
