import { z } from '../base/schema.js'

const endsNoCdata = (text: string): boolean => !text.includes(']]>')
const host = z.string().regex(/^[a-z0-9.-]+(:\d+)?$/, 'must be a host name in lower case')
/** How a key is written: base64 of either alphabet, hex, or the characters themselves. */
const keyEncodings = ['base64', 'hex', 'text'] as const
const keyPatterns = {
  // What is all hex was most likely meant as that, and would silently be another key.
  base64: /^(?![0-9a-fA-F]+$)[\w+/-]{22,256}={0,2}$/,
  hex: /^([0-9a-fA-F]{2}){16,128}$/,
  text: /^[\x20-\x7e]{16,128}$/,
} as const
const keyBuffers = { base64: 'base64', hex: 'hex', text: 'latin1' } as const

/** @returns at least 16 bytes of a key that the schema has passed. */
export const keyFrom = (text: string, encoding: (typeof keyEncodings)[number]): Buffer =>
  Buffer.from(text, keyBuffers[encoding])

/**
 * How an exchange writes the price into `${AUCTION_PRICE}`.
 *
 * `google`: Authorized Buyers' scheme, which others use too.
 */
const googlePriceSchema = z
  .strictObject({
    encoding: z.literal('google'),
    encryptionKey: z.string(),
    integrityKey: z.string(),
    keyEncoding: z.enum(keyEncodings).default('base64'),
    /** What the number within is: a CPM in millionths, or the price of one impression in millionths. */
    unit: z.enum(['cpm-micros', 'impression-micros']).default('impression-micros'),
    /** Prices encrypted longer ago are refused; the time stands in their first bytes. */
    maxAgeMinutes: z.number().int().min(1).max(44_640).default(1_440),
  })
  .superRefine((price, context) => {
    for (const name of ['encryptionKey', 'integrityKey'] as const)
      if (!keyPatterns[price.keyEncoding].test(price[name]))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `is not a key in ${price.keyEncoding} (see keyEncoding) of 16 bytes or more`,
        })
  })
const priceSchema = z.discriminatedUnion('encoding', [
  z.strictObject({ encoding: z.literal('plain') }),
  googlePriceSchema,
])

/** Agreed with one exchange; a file in `config/exchanges` each. */
export const exchangeSchema = z.strictObject({
  /** Where it isn't, the file is there to be filled in: nothing of it is used. */
  enabled: z.boolean().default(true),
  /** Last segment of its bid URL, `/openrtb2/<name>`. */
  name: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be lower-case letters, digits and -'),
  /**
   * Must come with each bid request, as `/openrtb2/<name>/<secret>` or in `Authorization: Bearer`;
   * '' where the network itself keeps others out.
   */
  secret: z.union([z.literal(''), z.string().regex(/^[\w-]{16,128}$/)]).default(''),

  /** Bid in this where the request allows it, and where it names no currency. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Our seat there, as in `seatbid.seat`, `wseat` and `bseat`. */
  seat: z.string().min(1).max(64),
  /** What an auction without `at` is: 1 first price, 2 second price plus. */
  auctionTypeDefault: z.union([z.literal(1), z.literal(2)]).default(2),
  /** What the exchange's own auction types (500 and up) are, by number. */
  auctionTypes: z
    .record(z.string().regex(/^\d{3,5}$/), z.union([z.literal(1), z.literal(2)]))
    .default({}),
  /** Time that it allows where the request has no `tmax`. */
  tmaxDefaultMs: z.number().int().min(10).max(1_000).default(100),
  /** Time that an answer needs to get there: taken off what the exchange allows. */
  networkMarginMs: z.number().int().min(0).max(99).default(10),
  /** Requests a second that are answered, over all workers; the rest gets a no-bid at once. 0: no limit. */
  qpsMax: z.number().int().min(0).max(10_000_000).default(0),

  /** How "nothing to sell" is said: 204, or 200 with a response that holds the reason (`nbr`). */
  noBid: z.enum(['204', 'nbr']).default('204'),
  /** Sent as `x-openrtb-version`; '' sends none. */
  openrtbVersion: z.enum(['', '2.5', '2.6']).default('2.6'),
  /** Replies are compressed where the request accepts it: smaller, but dearer than the rest of a bid. */
  gzipReplies: z.boolean().default(false),
  /** More than one bid for an impression is taken: the best under a deal, and the best without. */
  multiBid: z.boolean().default(false),
  native: z
    .strictObject({
      /** Where the native answer goes: text in `adm`, an object in `adm`, or an object in `adm_native`. */
      form: z.enum(['text', 'object', 'adm_native']).default('text'),
      /** Within `{"native": …}`: as the request came, always or never. */
      wrapped: z.enum(['as-asked', 'always', 'never']).default('as-asked'),
    })
    .prefault({}),
  /** VAST versions that its players take where the request names no protocols: 2, 3, 4 … as in `protocols`. */
  videoProtocolDefault: z.union([z.literal(2), z.literal(3), z.literal(7)]).default(3),

  /** Which notice URLs a bid carries. */
  notices: z
    .strictObject({
      win: z.boolean().default(true),
      bill: z.boolean().default(true),
      loss: z.boolean().default(true),
    })
    .prefault({}),
  /**
   * What the shop is charged on: the billing notice, the win notice for an exchange that sends no
   * billing notices, or the impression pixel.
   */
  chargeOn: z.enum(['bill', 'win', 'imp']).default('bill'),
  /** The exchange's macro for the clearing price, put into our URLs as it stands. */
  priceMacro: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/)
    .refine(endsNoCdata, { message: 'must not have ]]> in it, which would end it in VAST' })
    .default('${AUCTION_PRICE}'),
  price: priceSchema.prefault({ encoding: 'plain' }),
  /** Put before our click link, so that the exchange counts clicks: `%%CLICK_URL_UNESC%%`, say. */
  clickMacro: z
    .string()
    .regex(/^[\x21-\x7e]{0,64}$/)
    .refine(endsNoCdata, { message: 'must not have ]]> in it, which would end it in VAST' })
    .default(''),

  identity: z
    .strictObject({
      /** `user.id` is our own id, because the exchange keeps the match table and maps it. */
      userIdIsOurs: z.boolean().default(false),
      /** `device.ifa` may be looked up where consent allows. */
      ifa: z.boolean().default(true),
      /** Sources of `user.eids` that may be looked up. */
      eidSources: z.array(host).max(64).default([]),
    })
    .prefault({}),
  sync: z
    .strictObject({
      /**
       * Where a browser that came to `/sync/<name>` is sent, with our id: `{uid}`, `{gdpr}`,
       * `{gdpr_consent}`, `{us_privacy}`, `{gpp}`, `{gpp_sid}`, `{partner_uid}` are filled in, escaped.
       * '' answers with a pixel.
       */
      url: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
      /** Hosts that a `redirect` parameter of `/sync/<name>` may lead to. */
      redirectHosts: z.array(host).max(64).default([]),
    })
    .prefault({}),

  /** Shops that don't advertise here; ids. */
  blockedShops: z.array(z.string().max(64)).max(10_000).default([]),
  /** Places where nobody advertises: ids of publishers, host names of sites, ids of apps. */
  blockedPublishers: z.array(z.string().max(256)).max(100_000).default([]),
  blockedSites: z.array(z.string().max(256)).max(100_000).default([]),
  supplyChain: z
    .strictObject({
      /** Requests whose chain is missing, or says that it isn't complete, get no bid. */
      required: z.boolean().default(false),
      complete: z.boolean().default(false),
      /** Systems (`asi`) that nothing is bought through. */
      blockedSystems: z.array(z.string().max(256)).max(10_000).default([]),
    })
    .prefault({}),
})

export type Exchange = z.output<typeof exchangeSchema>
