// What `ckpt completion SHELL` prints: the files beside this one. They hold no path and no option, so that one serves every version of ckpt.
import bash from "./ckpt.bash" with { type: "text" };
import fish from "./ckpt.fish" with { type: "text" };
import zsh from "./ckpt.zsh" with { type: "text" };
import type { Shell } from "./typed-line.ts";

export const COMPLETION_SCRIPTS: { readonly [S in Shell]: string } = { bash, zsh, fish };
