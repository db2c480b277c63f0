// All arguments of `ckpt run`. Add an option to its group and use the setting where it is needed; it is named nowhere else.
import { COMMON_ARGUMENTS } from "../../cli/common-arguments.ts";
import { ENDPOINT_ARGUMENTS } from "./endpoint-arguments.ts";
import { INPUT_ARGUMENTS } from "./input-arguments.ts";
import { OUTPUT_ARGUMENTS } from "./output-arguments.ts";
import { PACE_ARGUMENTS } from "./pace-arguments.ts";
import { PROCESS_ARGUMENTS } from "./process-arguments.ts";
import { RESUMING_ARGUMENTS } from "./resuming-arguments.ts";
import { SHARD_ARGUMENTS } from "./shard-arguments.ts";
import { STOPPING_ARGUMENTS } from "./stopping-arguments.ts";

export type RunArguments = typeof INPUT_ARGUMENTS &
  typeof SHARD_ARGUMENTS &
  typeof PROCESS_ARGUMENTS &
  typeof ENDPOINT_ARGUMENTS &
  typeof PACE_ARGUMENTS &
  typeof STOPPING_ARGUMENTS &
  typeof RESUMING_ARGUMENTS &
  typeof OUTPUT_ARGUMENTS &
  typeof COMMON_ARGUMENTS;

export const RUN_ARGUMENTS: RunArguments = {
  ...INPUT_ARGUMENTS,
  ...SHARD_ARGUMENTS,
  ...PROCESS_ARGUMENTS,
  ...ENDPOINT_ARGUMENTS,
  ...PACE_ARGUMENTS,
  ...STOPPING_ARGUMENTS,
  ...RESUMING_ARGUMENTS,
  ...OUTPUT_ARGUMENTS,
  ...COMMON_ARGUMENTS,
};
