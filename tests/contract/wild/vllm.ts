import { fail, pause, type Provider, retry } from "./provider.ts";

const SERVER = "docs.vllm.ai/en/latest/serving/openai_compatible_server.html";

const usage = { prompt_tokens: 17, total_tokens: 23, completion_tokens: 6, prompt_tokens_details: null };
const answer = (message: object, finish: string): object => ({
  id: "chatcmpl-x",
  object: "chat.completion",
  created: 1_756_235_005,
  model: "served",
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        refusal: null,
        annotations: null,
        audio: null,
        function_call: null,
        tool_calls: [],
        reasoning_content: null,
        ...message,
      },
      logprobs: null,
      finish_reason: finish,
      stop_reason: null,
    },
  ],
  service_tier: null,
  system_fingerprint: null,
  usage,
  prompt_logprobs: null,
  kv_transfer_params: null,
});
/** As releases before 0.10 say it. */
const older = (code: number, type: string, message: string): object => ({
  object: "error",
  message,
  type,
  param: null,
  code,
});
const error = (code: number, type: string, message: string): object => ({
  error: { message, type, param: null, code },
});

export const vllm: Provider = {
  name: "vLLM",
  success: [
    {
      what: "an answer",
      source: SERVER,
      body: answer({ content: "Paris." }, "stop"),
      means: { text: "Paris.", tokens: [17, 6] },
    },
    {
      what: "an answer that stopped within its reasoning",
      source: "docs.vllm.ai/en/latest/features/reasoning_outputs.html",
      body: answer({ content: null, reasoning_content: "The user asks" }, "length"),
      means: { text: "", marks: ["length", "empty"], tokens: [17, 6] },
    },
  ],
  refusal: [
    {
      what: "no key, or another one",
      source: SERVER,
      status: 401,
      body: { error: "Unauthorized" },
      means: pause("key_refused"),
    },
    {
      what: "an unknown model",
      source: SERVER,
      status: 404,
      body: older(404, "NotFoundError", "The model `other` does not exist."),
      means: pause("model_not_found"),
    },
    {
      what: "an unknown model, in the newer form",
      source: SERVER,
      status: 404,
      body: error(404, "NotFoundError", "The model `other` does not exist."),
      means: pause("model_not_found"),
    },
  ],
  limit: [
    {
      what: "too long for the model",
      source: "THUDM/LongBench#104",
      status: 400,
      body: older(
        400,
        "BadRequestError",
        "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens in the messages, Please reduce the length of the messages.",
      ),
      means: fail("http_400"),
    },
    {
      what: "too long for the model, in an answer of status 200",
      source: "vllm-project/vllm#20409",
      body: older(400, "BadRequestError", "This model's maximum context length is 32768 tokens."),
      means: fail("http_400"),
    },
  ],
  outage: [
    {
      what: "the engine is dead",
      source: "vllm-project/vllm#24495",
      status: 500,
      body: error(
        500,
        "Internal Server Error",
        "EngineCore encountered an issue. See stack trace (above) for the root cause.",
      ),
      means: retry("http_500"),
    },
    {
      what: "a request that was given up",
      source: "vllm-project/vllm (FinishReason.ABORT)",
      body: answer({ content: "The capital" }, "abort"),
      means: retry("answer_error"),
    },
  ],
  error: [
    {
      what: "a request that is wrong",
      source: "vllm-project/vllm#4667",
      status: 400,
      body: older(400, "BadRequestError", "top_p must be in (0, 1], got 0.0."),
      means: fail("http_400"),
    },
    {
      what: "a fault of the web framework",
      source: "vllm-project/vllm#40856",
      status: 500,
      headers: { "content-type": "text/plain; charset=utf-8" },
      body: "Internal Server Error",
      means: retry("http_500"),
    },
  ],
};
