/** What runs within Redis, so that a person's two hashes never disagree. */

/**
 * Keeps one shop's slice.
 *
 * KEYS 1 hash of first sections, 2 hash of whole slices
 * ARGV 1 shop's id, 2 first section, 3 whole slice
 */
export const putScript = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])`

/**
 * Takes one shop's slice out; a hash without fields is gone.
 *
 * KEYS 1 hash of first sections, 2 hash of whole slices
 * ARGV 1 shop's id
 */
export const removeScript = `
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])`
