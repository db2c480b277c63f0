import { fail, pause, type Provider, retry } from "./provider.ts";

const FORMS = "ollama/ollama: openai/openai.go";

const answer = (content: string, finish: string): object => ({
  id: "chatcmpl-x",
  object: "chat.completion",
  created: 1_741_000_000,
  model: "llama3.2",
  system_fingerprint: "fp_ollama",
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: finish }],
  usage: { prompt_tokens: 26, completion_tokens: 4, total_tokens: 30 },
});
const error = (type: string, message: string): object => ({
  error: { message, type, param: null, code: null },
});

export const ollama: Provider = {
  name: "Ollama",
  success: [
    {
      what: "an answer",
      source: FORMS,
      body: answer("Paris.", "stop"),
      means: { text: "Paris.", tokens: [26, 4] },
    },
    {
      what: "an answer that was cut off",
      source: FORMS,
      body: answer("The capital of", "length"),
      means: { text: "The capital of", marks: ["length"], tokens: [26, 4] },
    },
  ],
  refusal: [
    {
      what: "a model that was not pulled",
      source: "ollama/ollama#3876",
      status: 404,
      body: { error: "model 'llama3' not found, try pulling it first" },
      means: pause("model_not_found"),
    },
    {
      what: "a model that was not pulled, in the form for OpenAI's clients",
      source: FORMS,
      status: 404,
      body: error("not_found_error", "model 'llama3' not found"),
      means: pause("model_not_found"),
    },
  ],
  limit: [
    {
      what: "the queue is full",
      source: "ollama/ollama: server/sched.go",
      status: 503,
      body: error("api_error", "server busy, please try again.  maximum pending requests exceeded"),
      means: retry("http_503"),
    },
    {
      what: "the week's use of the cloud",
      source: "NousResearch/hermes-agent#68832",
      status: 429,
      body: {
        error:
          "you (someone) have reached your weekly usage limit, upgrade for higher limits: https://ollama.com/upgrade",
      },
      means: pause("quota"),
    },
    {
      what: "the session's use of the cloud",
      source: "continuedev/continue#11444",
      status: 429,
      body: {
        error:
          "you (someone) have reached your session usage limit, upgrade for higher limits: https://ollama.com/upgrade",
      },
      means: pause("quota"),
    },
  ],
  outage: [
    {
      what: "the model's process has ended",
      source: "letta-ai/letta#2282",
      status: 500,
      body: error("api_error", "llama runner process has terminated: exit status 2"),
      means: retry("http_500"),
    },
    {
      what: "the model was loaded, nothing more",
      source: FORMS,
      body: answer("", "load"),
      means: retry("answer_error"),
    },
  ],
  error: [
    {
      what: "a request that is wrong",
      source: FORMS,
      status: 400,
      body: error("invalid_request_error", "invalid message format"),
      means: fail("http_400"),
    },
  ],
};
