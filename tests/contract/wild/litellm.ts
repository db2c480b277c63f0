import { fail, pause, type Provider, retry, wait } from "./provider.ts";

const OUTPUT = "docs.litellm.ai/docs/completion/output";
const ERRORS = "docs.litellm.ai/docs/proxy/error_reference";

const error = (code: string, type: string | null, message: string, more: object = {}): object => ({
  error: { message, type, param: null, code, ...more },
});

export const litellm: Provider = {
  name: "LiteLLM",
  success: [
    {
      what: "an answer with fields of the provider",
      source: OUTPUT,
      body: {
        id: "chatcmpl-x",
        created: 1_741_000_000,
        model: "gpt-4o",
        object: "chat.completion",
        system_fingerprint: null,
        choices: [
          {
            finish_reason: "stop",
            index: 0,
            message: {
              content: "Paris.",
              role: "assistant",
              tool_calls: null,
              function_call: null,
              provider_specific_fields: { refusal: null },
            },
          },
        ],
        usage: { completion_tokens: 3, prompt_tokens: 13, total_tokens: 16, completion_tokens_details: null },
        service_tier: null,
      },
      means: { text: "Paris.", tokens: [13, 3] },
    },
  ],
  refusal: [
    {
      what: "a text that is not allowed, behind it",
      source: "BerriAI/litellm#16231",
      status: 400,
      body: error(
        "400",
        null,
        "litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
        { provider_specific_fields: { innererror: { code: "ResponsibleAIPolicyViolation" } } },
      ),
      means: fail("content_filter"),
    },
    {
      what: "a key that has expired",
      source: ERRORS,
      status: 401,
      body: error("401", "expired_key", "Authentication Error - Expired Key."),
      means: pause("key_refused"),
    },
    {
      what: "the key of the provider behind it, as a request that is wrong",
      source: "BerriAI/litellm#10403",
      status: 400,
      body: error(
        "400",
        null,
        'litellm.BadRequestError: DeepseekException - {"error":{"message":"Authentication Fails, Your api key: ****cd15 is invalid","type":"authentication_error","param":null,"code":"invalid_request_error"}}',
      ),
      means: pause("key_refused"),
    },
    {
      what: "a model that the key may not use, in the middle of a run",
      source: ERRORS,
      status: 403,
      body: error(
        "403",
        "key_model_access_denied",
        "key not allowed to access model. This key can only access models=['a']. Tried to access b",
      ),
      means: pause("model_not_found"),
    },
    {
      what: "an unknown model",
      source: ERRORS,
      status: 400,
      body: error(
        "400",
        "invalid_request_error",
        "/chat/completions: Invalid model name passed in model=gpt-nope",
      ),
      means: pause("model_not_found"),
    },
  ],
  limit: [
    {
      what: "requests a minute of the key",
      source: ERRORS,
      status: 429,
      headers: { "retry-after": "42", rate_limit_type: "requests", reset_at: "2026-08-27T00:15:18Z" },
      body: error(
        "429",
        "throttling_error",
        "Rate limit exceeded for api_key: b2f139a7. Limit type: requests. Current limit: 1, Remaining: 0.",
      ),
      means: wait(42_000),
    },
    {
      what: "the provider behind it is asked too fast",
      source: ERRORS,
      status: 429,
      body: error(
        "429",
        "throttling_error",
        "litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 30000, Requested 1318. Please try again in 2.636s.",
      ),
      means: wait(2636),
    },
    {
      what: "the provider behind it has no quota left",
      source: ERRORS,
      status: 429,
      body: error(
        "429",
        "throttling_error",
        "litellm.RateLimitError: RateLimitError: OpenAIException - You exceeded your current quota, please check your plan and billing details.",
      ),
      means: pause("quota"),
    },
    {
      what: "the budget of the key",
      source: ERRORS,
      status: 429,
      body: error(
        "429",
        "budget_exceeded",
        "Budget has been exceeded! Key=team (sk-...W8TA) Current cost: 0.06, Max budget: 0.05",
      ),
      means: pause("quota"),
    },
    {
      what: "the budget of the provider behind it",
      source: "BerriAI/litellm#14144",
      status: 429,
      body: error(
        "429",
        null,
        "No deployments available - crossed budget: Exceeded budget for deployment model_name: gpt-4o: 0.363 >= 0.1",
      ),
      means: pause("quota"),
    },
    {
      what: "all deployments cool down",
      source: "BerriAI/litellm#5177",
      status: 429,
      body: error(
        "429",
        "None",
        "No deployments available for selected model, Try again in 60 seconds. Passed model=claude-3-haiku.",
      ),
      means: wait(60_000),
    },
    {
      what: "too long for the model behind it",
      source: ERRORS,
      status: 400,
      body: error(
        "400",
        null,
        "litellm.ContextWindowExceededError: litellm.BadRequestError: OpenAIException - This model's maximum context length is 8192 tokens.",
      ),
      means: fail("http_400"),
    },
  ],
  outage: [
    {
      what: "the provider behind it cannot be reached",
      source: ERRORS,
      status: 500,
      body: error(
        "500",
        null,
        "litellm.InternalServerError: InternalServerError: OpenAIException - Connection error.",
      ),
      means: retry("http_500"),
    },
    {
      what: "the provider behind it is overloaded",
      source: ERRORS,
      status: 503,
      body: error(
        "503",
        null,
        "litellm.ServiceUnavailableError: ServiceUnavailableError: OpenAIException - The engine is currently overloaded, please try again later.",
      ),
      means: retry("http_503"),
    },
  ],
  error: [
    {
      what: "a fault of its own",
      source: ERRORS,
      status: 500,
      body: { error: { message: "Internal server error", type: "internal_server_error" } },
      means: retry("http_500"),
    },
    {
      what: "a path that is not there",
      source: ERRORS,
      status: 404,
      body: { detail: "Not Found" },
      means: fail("http_404"),
    },
    {
      what: "took too long",
      source: ERRORS,
      status: 408,
      body: error("408", null, "litellm.Timeout: APITimeoutError - Request timed out."),
      means: retry("http_408"),
    },
  ],
};
