import type { Shop, ShopFile, ShopFileInput } from '../catalogue/model.js'

/** A part of a shop's file that the API shows and changes by itself. */
export interface Place {
  /** What is there, as the API shows it; null where there is nothing. */
  shown(file: ShopFile): object | null
  /** The same as it is written, where what has a default may be missing. */
  written(file: ShopFileInput): object | null
  /** The file with this put there; null takes it away. */
  put(file: ShopFileInput, value: object | null): ShopFileInput
  /** Where it stands in the file, as `campaigns[3]`: what faults are told without. */
  path(file: ShopFileInput): string
}

export type ListName = 'campaigns' | 'segments' | 'slots' | 'videos' | 'audios'

/** One of a list of the file's, by its id. */
export function itemPlace(list: ListName, id: string): Place {
  const itemsOf = (file: ShopFileInput): readonly { readonly id: string }[] => file[list] ?? []
  const indexIn = (file: ShopFileInput): number => itemsOf(file).findIndex((it) => it.id === id)
  return {
    shown: (file) => file[list].find((item) => item.id === id) ?? null,
    written: (file) => itemsOf(file)[indexIn(file)] ?? null,
    put(file, value) {
      const index = indexIn(file)
      const items: object[] = [...itemsOf(file)]
      if (value === null) items.splice(index, 1)
      else items[index < 0 ? items.length : index] = value
      return { ...file, [list]: items }
    },
    path: (file) => `${list}[${indexIn(file)}]`,
  }
}

/** Some fields of the shop itself. */
export function shopPlace(fields: readonly (keyof Shop)[]): Place {
  const only = (shop: object): object =>
    Object.fromEntries(Object.entries(shop).filter(([name]) => fields.includes(name as keyof Shop)))
  return {
    shown: (file) => only(file.shop),
    written: (file) => only(file.shop),
    put(file, value) {
      const others = Object.entries(file.shop).filter(
        ([name]) => !fields.includes(name as keyof Shop),
      )
      // Checked as a whole before it is written.
      const shop = { ...Object.fromEntries(others), ...value } as ShopFileInput['shop']
      return { ...file, shop }
    },
    path: () => 'shop',
  }
}

/** What a campaign may spend. */
export function budgetPlace(campaignId: string): Place {
  const campaign = itemPlace('campaigns', campaignId)
  const budgetOf = (holder: object | null): object | null =>
    holder === null ? null : (holder as { readonly budget: object }).budget
  return {
    shown: (file) => budgetOf(campaign.shown(file)),
    written: (file) => budgetOf(campaign.written(file)),
    put: (file, budget) => campaign.put(file, { ...campaign.written(file), budget }),
    path: (file) => `${campaign.path(file)}.budget`,
  }
}
