import { Scores } from '../scores.js'

/** For a source that has to sort out what it found before it says so. One for all shops: none of them waits. */
export const found = new Scores()
