import { keyOf } from '../../base/key.js'

/** Where an answer is shown, and which way of filling it: what all counts are kept by. */
export interface Placement {
  /** The slot's id; a page's own slot has the page's name. */
  readonly slot: string
  /** '' where the slot has none. */
  readonly experiment: string
  /** '' without an experiment. */
  readonly variant: string
}

/** 53 bits that stand for it in answer ids, which have no room for names. */
export const placementKeyOf = ({ slot, experiment, variant }: Placement): number =>
  keyOf(`${slot}\0${experiment}\0${variant}`)
