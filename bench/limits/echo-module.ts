// A module that answers at once.
export function process(item: { readonly question: string }): string {
  return item.question;
}
