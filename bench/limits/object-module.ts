// A module that answers at once with an object.
export function process(item: { readonly question: string }): object {
  return { answer: item.question, length: item.question.length, tags: { short: false } };
}
