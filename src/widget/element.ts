/**
 * Makes one element. What is text among the children becomes text, never markup.
 *
 * @param part what the widget's style and, as `::part(…)`, the page's know it by; '' for what neither touches.
 */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  part: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  const all = part ? { class: part, part, ...attributes } : attributes
  for (const key of Object.keys(all)) element.setAttribute(key, all[key as 'class']!)
  element.append(...children)
  return element
}
