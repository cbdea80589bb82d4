// Goal: an address is in a list of networks exactly if one of them holds it, however it is written.
// Method: the runtime's own block list (node:net) must agree on seeded addresses and networks, those at
// the networks' edges above all; then spellings and faults by hand.
import { strict as check } from 'node:assert'
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { test } from 'vitest'
import { isNetwork, Networks } from '../../src/openrtb/networks.js'

const seed = 20_260_301
let state = seed
/** 0 to 65,535. */
const next = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state >>> 16
}

const v4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
const v6 = (value: bigint): string =>
  Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  ).join(':')
const randomBits = (bits: number): bigint => {
  let value = 0n
  for (let i = 0; i < bits; i += 16) value = (value << 16n) | BigInt(next())
  return value
}

for (const [family, bits, write] of [
  ['ipv4', 32, v4],
  ['ipv6', 128, v6],
] as const)
  test(`${family}: agrees with the runtime's block list (seed ${seed})`, () => {
    const reference = new BlockList()
    const cidrs: string[] = []
    const edges: bigint[] = []
    for (let i = 0; i < 400; i++) {
      const prefix = Math.floor(bits / 4) + (next() % (bits - Math.floor(bits / 4) + 1))
      const rest = BigInt(bits - prefix)
      // Close together, so that networks lie within others and beside them.
      const first =
        (((10n << BigInt(bits - 8)) | ((randomBits(bits) >> BigInt(next() % 24)) >> 8n)) >> rest) <<
        rest
      const last = first | ((1n << rest) - 1n)
      cidrs.push(`${write(first)}/${prefix}`)
      reference.addSubnet(write(first), prefix, family)
      edges.push(first, last, last + 1n, first === 0n ? first : first - 1n, (first + last) / 2n)
    }
    const networks = new Networks(cidrs)
    let inside = 0
    for (const value of [...edges, ...Array.from({ length: 2_000 }, () => randomBits(bits))]) {
      const address = write(value & ((1n << BigInt(bits)) - 1n))
      const expected = reference.check(address, family)
      check.equal(networks.has(address), expected, address)
      if (expected) inside++
    }
    check.ok(inside > 500)
  })

test('what is an address is what the runtime takes for one', () => {
  const all = new Networks(['0.0.0.0/0', '::/0'])
  for (const text of [
    ...[
      '1.2.3.4',
      '255.255.255.255',
      '0.0.0.0',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '1..2.3',
      '1.2.3.',
    ],
    ...[
      '',
      '.',
      ':',
      '::',
      '::1',
      '1::',
      ':1',
      '1:',
      '1:::2',
      '1::2::3',
      '12345::',
      'g::',
      '::ffff:1.2.3.4',
    ],
    ...[
      '1:2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '::1:2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7::',
    ],
    ...[
      '1:2:3:4:5:6:1.2.3.4',
      '1:2:3:4:5:6:7:1.2.3.4',
      '::1.2.3',
      '::1.2.3.4:5',
      'ABCD:ef::',
      '1.2.3.4 ',
    ],
    ...[
      '1.2.3.0/24',
      'localhost',
      '-1.2.3.4',
      '1e1.2.3.4',
      '1.2.3.4:80',
      '::FFFF',
      '2001:db8::8a2e:370:7334',
    ],
  ])
    check.equal(all.has(text), isIPv4(text) || isIPv6(text), text)
})

test('an IPv4 address within IPv6 is the same address', () => {
  const networks = new Networks(['192.0.2.0/24', '198.51.100.7', '2001:db8::/32'])
  check.equal(networks.count, 3)
  for (const ip of [
    '192.0.2.255',
    '::ffff:192.0.2.1',
    '::ffff:c000:201',
    '198.51.100.7',
    '2001:DB8::1',
  ])
    check.ok(networks.has(ip), ip)
  for (const ip of ['192.0.3.0', '198.51.100.8', '::192.0.2.1', '2001:db9::', '', 'unknown'])
    check.ok(!networks.has(ip), ip)
  check.ok(!new Networks([]).has('192.0.2.1'))
})

test('what is no network is refused by name', () => {
  for (const [cidr, why] of [
    ['192.0.2.0/33', /"192\.0\.2\.0\/33" is no network: its prefix must be 0 to 32/],
    ['192.0.2.1/24', /"192\.0\.2\.1\/24" is no network: bits are set beyond its prefix/],
    ['192.0.2/24', /"192\.0\.2\/24" is no network: its address/],
    ['2001:db8::/129', /prefix must be 0 to 128/],
    ['192.0.2.0/', /prefix must be/],
    ['', /"" is no network/],
  ] as const) {
    check.throws(() => new Networks(['203.0.113.0/24', cidr]), why)
    check.ok(!isNetwork(cidr))
  }
  check.ok(isNetwork('203.0.113.0/24') && isNetwork('2001:db8::/32'))
})
