/**
 * OpenRTB as protobuf messages: field numbers and types, as data. A reader's and a writer's numbers
 * elsewhere in this room are tested against these.
 *
 * Sources: IAB Tech Lab's openrtb.proto for 2.6 (which agrees with Google's for 2.5 wherever both have
 * a field; enumerations are numbers), Google's openrtb-adx.proto for `ext`: Google's extension of a
 * message is a field of its own with a number above 1,000, which JSON calls `ext` as well.
 *
 * One entry a message: `number name type`, `[]` where repeated. Flags are `bool` here, 0 or 1 in JSON.
 */
export const messages: Readonly<Record<string, string>> = {
  BidRequest: `
    1 id string, 2 imp Imp[], 3 site Site, 4 app App, 5 device Device, 6 user User,
    7 at int32, 8 tmax int32, 9 wseat string[], 10 allimps bool, 11 cur string[],
    12 bcat string[], 13 badv string[], 14 regs Regs, 15 test bool, 16 bapp string[],
    17 bseat string[], 18 wlang string[], 19 source Source, 20 wlangb string[],
    21 cattax int32, 22 dooh Dooh, 23 acat string[], 1018 ext BidRequestExt
  `,
  Source: '1 fd bool, 2 tid string, 3 pchain string, 4 schain SupplyChain, 1059 ext SourceExt',
  Regs: `
    1 coppa bool, 2 gpp string, 3 gpp_sid int32[], 4 gdpr bool, 5 us_privacy string,
    1001 ext RegsExt
  `,
  Imp: `
    1 id string, 2 banner Banner, 3 video Video, 4 displaymanager string,
    5 displaymanagerver string, 6 instl bool, 7 tagid string, 8 bidfloor double,
    9 bidfloorcur string, 10 iframebuster string[], 11 pmp Pmp, 12 secure bool,
    13 native Native, 14 exp int32, 15 audio Audio, 16 clickbrowser bool,
    17 metric Metric[], 18 rwdd bool, 19 ssai int32, 20 qty Qty, 21 dt double,
    22 refresh Refresh, 1009 ext ImpExt
  `,
  Metric: '1 type string, 2 value double, 3 vendor string',
  Banner: `
    1 w int32, 2 h int32, 3 id string, 4 pos int32, 5 btype int32[], 6 battr int32[],
    7 mimes string[], 8 topframe bool, 9 expdir int32[], 10 api int32[], 11 wmax int32,
    12 hmax int32, 13 wmin int32, 14 hmin int32, 15 format Format[], 16 vcm bool
  `,
  Format: '1 w int32, 2 h int32, 3 wratio int32, 4 hratio int32, 5 wmin int32',
  Video: `
    1 mimes string[], 2 linearity int32, 3 minduration int32, 4 maxduration int32,
    5 protocol int32, 6 w int32, 7 h int32, 8 startdelay int32, 9 sequence int32,
    10 battr int32[], 11 maxextended int32, 12 minbitrate int32, 13 maxbitrate int32,
    14 boxingallowed bool, 15 playbackmethod int32[], 16 delivery int32[], 17 pos int32,
    18 companionad Banner[], 19 api int32[], 20 companiontype int32[],
    21 protocols int32[], 23 skip bool, 24 skipmin int32, 25 skipafter int32,
    26 placement int32, 27 playbackend int32, 28 maxseq int32, 29 poddur int32,
    30 podid string, 31 podseq int32, 32 rqddurs int32[], 33 slotinpod int32,
    34 mincpmpersec double, 35 plcmt int32, 36 durfloors DurFloors[], 37 poddedupe int32[]
  `,
  Audio: `
    1 mimes string[], 2 minduration int32, 3 maxduration int32, 4 protocols int32[],
    5 startdelay int32, 6 sequence int32, 7 battr int32[], 8 maxextended int32,
    9 minbitrate int32, 10 maxbitrate int32, 11 delivery int32[], 12 companionad Banner[],
    13 api int32[], 20 companiontype int32[], 21 maxseq int32, 22 feed int32,
    23 stitched bool, 24 nvol int32, 25 poddur int32, 26 rqddurs int32[], 27 podid string,
    28 podseq int32, 29 slotinpod int32, 30 mincpmpersec double, 31 durfloors DurFloors[]
  `,
  Native: `
    1 request string, 2 ver string, 3 api int32[], 4 battr int32[],
    50 request_native NativeRequest
  `,
  Pmp: '1 private_auction bool, 2 deals Deal[]',
  Deal: `
    1 id string, 2 bidfloor double, 3 bidfloorcur string, 4 wseat string[],
    5 wadomain string[], 6 at int32, 7 guar int32, 8 mincpmpersec double,
    9 durfloors DurFloors[], 1010 ext DealExt
  `,
  Site: `
    1 id string, 2 name string, 3 domain string, 4 cat string[], 5 sectioncat string[],
    6 pagecat string[], 7 page string, 8 privacypolicy bool, 9 ref string,
    10 search string, 11 publisher Publisher, 12 content Content, 13 keywords string,
    15 mobile bool, 16 cattax int32, 17 inventorypartnerdomain string, 18 kwarray string[]
  `,
  App: `
    1 id string, 2 name string, 3 domain string, 4 cat string[], 5 sectioncat string[],
    6 pagecat string[], 7 ver string, 8 bundle string, 9 privacypolicy bool, 10 paid bool,
    11 publisher Publisher, 12 content Content, 13 keywords string, 16 storeurl string,
    17 cattax int32, 18 inventorypartnerdomain string, 19 kwarray string[]
  `,
  Publisher: '1 id string, 2 name string, 3 cat string[], 4 domain string, 5 cattax int32',
  Content: `
    1 id string, 2 episode int32, 3 title string, 4 series string, 5 season string,
    6 url string, 7 cat string[], 8 videoquality int32, 9 keywords string,
    10 contentrating string, 11 userrating string, 12 context_22 string,
    13 livestream bool, 14 sourcerelationship bool, 15 producer Producer, 16 len int32,
    17 qagmediarating int32, 18 embeddable bool, 19 language string, 20 context int32,
    21 artist string, 22 genre string, 23 album string, 24 isrc string, 25 prodq int32,
    27 cattax int32, 28 data Data[], 29 langb string, 30 network Network,
    31 channel Channel, 32 kwarray string[], 33 gtax int32, 35 genres string[]
  `,
  Producer: '1 id string, 2 name string, 3 cat string[], 4 domain string, 5 cattax int32',
  Device: `
    1 dnt bool, 2 ua string, 3 ip string, 4 geo Geo, 5 didsha1 string, 6 didmd5 string,
    7 dpidsha1 string, 8 dpidmd5 string, 9 ipv6 string, 10 carrier string,
    11 language string, 12 make string, 13 model string, 14 os string, 15 osv string,
    16 js bool, 17 connectiontype int32, 18 devicetype int32, 19 flashver string,
    20 ifa string, 21 macsha1 string, 22 macmd5 string, 23 lmt bool, 24 hwv string,
    25 w int32, 26 h int32, 27 ppi int32, 28 pxratio double, 29 geofetch bool,
    30 mccmnc string, 31 sua UserAgent, 32 langb string, 1066 ext DeviceExt
  `,
  Geo: `
    1 lat double, 2 lon double, 3 country string, 4 region string, 5 regionfips104 string,
    6 metro string, 7 city string, 8 zip string, 9 type int32, 10 utcoffset int32,
    11 accuracy int32, 12 lastfix int32, 13 ipservice int32
  `,
  User: `
    1 id string, 2 buyeruid string, 3 yob int32, 4 gender string, 5 keywords string,
    6 customdata string, 7 geo Geo, 8 data Data[], 9 kwarray string[], 10 consent string,
    11 eids EID[], 1007 ext UserExt
  `,
  Data: '1 id string, 2 name string, 3 segment Segment[]',
  Segment: '1 id string, 2 name string, 3 value string',
  BidResponse: `
    1 id string, 2 seatbid SeatBid[], 3 bidid string, 4 cur string, 5 customdata string,
    6 nbr int32, 1005 ext BidResponseExt
  `,
  SeatBid: '1 bid Bid[], 2 seat string, 3 group bool',
  Bid: `
    1 id string, 2 impid string, 3 price double, 4 adid string, 5 nurl string,
    6 adm string, 7 adomain string[], 8 iurl string, 9 cid string, 10 crid string,
    11 attr int32[], 13 dealid string, 14 bundle string, 15 cat string[], 16 w int32,
    17 h int32, 18 api int32, 19 protocol int32, 20 qagmediarating int32, 21 exp int32,
    22 burl string, 23 lurl string, 24 tactic string, 25 language string, 26 wratio int32,
    27 hratio int32, 28 slotinpod int32, 29 langb string, 30 cattax int32, 31 apis int32[],
    32 dur int32, 33 mtype int32, 50 adm_native NativeResponse, 1014 ext BidExt
  `,
  NativeRequest: `
    1 ver string, 2 layout int32, 3 adunit int32, 4 plcmtcnt int32, 5 seq int32,
    6 assets RequestAsset[], 7 context int32, 8 contextsubtype int32, 9 plcmttype int32,
    11 aurlsupport bool, 12 durlsupport bool, 13 eventtrackers RequestEventTracker[],
    14 privacy bool
  `,
  RequestAsset: `
    1 id int32, 2 required bool, 3 title RequestTitle, 4 img RequestImage, 5 video Video,
    6 data RequestData
  `,
  RequestTitle: '1 len int32',
  RequestImage: '1 type int32, 2 w int32, 3 h int32, 4 wmin int32, 5 hmin int32, 6 mimes string[]',
  RequestData: '1 type int32, 2 len int32',
  RequestEventTracker: '1 event int32, 2 methods int32[]',
  NativeResponse: `
    1 ver string, 2 assets ResponseAsset[], 3 link ResponseLink, 4 imptrackers string[],
    5 jstracker string, 6 assetsurl string, 7 dcourl string,
    8 eventtrackers ResponseEventTracker[], 9 privacy string
  `,
  ResponseLink: '1 url string, 2 clicktrackers string[], 3 fallback string',
  ResponseAsset: `
    1 id int32, 2 required bool, 3 title ResponseTitle, 4 img ResponseImage,
    5 video ResponseVideo, 6 data ResponseData, 7 link ResponseLink
  `,
  ResponseTitle: '1 text string, 2 len int32',
  ResponseImage: '1 url string, 2 w int32, 3 h int32, 4 type int32',
  ResponseData: '1 label string, 2 value string, 3 type int32, 4 len int32',
  ResponseVideo: '1 vasttag string',
  ResponseEventTracker: '1 event int32, 2 method int32, 3 url string, 4 customdata string',
  Qty: '1 multiplier double, 2 sourcetype int32, 3 vendor string',
  Refresh: '1 refsettings RefSettings[], 2 count int32',
  RefSettings: '1 reftype int32, 2 minint int32',
  DurFloors: '1 mindur int32, 2 maxdur int32, 3 bidfloor double',
  Dooh: `
    1 id string, 2 name string, 3 venuetype string[], 4 venuetypetax int32,
    5 publisher Publisher, 6 domain string, 7 keywords string, 8 content Content
  `,
  Network: '1 id string, 2 name string, 3 domain string',
  Channel: '1 id string, 2 name string, 3 domain string',
  EID: '1 source string, 2 uids UID[], 3 inserter string, 4 matcher string, 5 mm int32',
  UID: '1 id string, 2 atype int32',
  UserAgent: `
    1 browsers BrandVersion[], 2 platform BrandVersion, 3 mobile bool,
    4 architecture string, 5 bitness string, 6 model string, 7 source int32
  `,
  BrandVersion: '1 brand string, 2 version string[]',
  SupplyChain: '1 complete bool, 2 nodes SupplyChainNode[], 3 ver string',
  SupplyChainNode:
    '1 asi string, 2 sid string, 3 rid string, 4 name string, 5 domain string, 6 hp bool',

  BidRequestExt: '1 bid_feedback BidFeedback[], 2 google_query_id string',
  BidFeedback: `
    1 request_id string, 2 creative_status_code int32, 3 price double,
    4 event_notification_token EventNotificationToken, 5 buyer_creative_id string,
    6 minimum_bid_to_win double, 8 sampled_mediation_cpm_ahead_of_auction_winner double
  `,
  EventNotificationToken: '1 payload string',
  ImpExt: `
    1 billing_id int64[], 2 publisher_settings_list_id fixed64[], 3 allowed_vendor_type int32[],
    6 dfp_ad_unit_code string, 7 is_rewarded_inventory bool, 8 ampad int32,
    13 allowed_restricted_category int32[]
  `,
  DealExt: `
    1 deal_type int32, 2 must_bid bool, 3 publisher_blocks_overridden bool,
    4 creative_source int32
  `,
  UserExt: `
    1 consented_providers_settings ConsentedProvidersSettings, 2 consent string, 5 eids EID[]
  `,
  ConsentedProvidersSettings: '2 consented_providers int64[], 3 additional_consent string',
  DeviceExt: '1 session_id string, 2 user_agent_data GoogleUserAgent, 3 atts int32',
  GoogleUserAgent: `
    1 browser BrandVersion, 2 platform BrandVersion, 3 mobile bool, 4 architecture string,
    5 model string
  `,
  RegsExt: '1 gdpr bool, 2 lgpd bool',
  SourceExt: '1 omidpn string, 2 omidpv string, 3 schain SupplyChain',
  BidResponseExt: '1 processing_time_ms int32',
  BidExt: `
    1 impression_tracking_url string[], 2 ad_choices_destination_url string,
    4 exchange_deal_type int32, 5 attribute int32[], 6 amp_ad_url string,
    8 event_notification_token EventNotificationToken, 9 restricted_category int32[],
    10 billing_id int64, 14 third_party_buyer_token string, 17 buyer_reporting_id string,
    22 click_tracking_urls string[]
  `,
}

/** One field of a message. */
export interface FieldSpec {
  readonly number: number
  readonly name: string
  /** `string`, `bool`, `int32`, `int64`, `fixed64`, `double`, or a message's name. */
  readonly type: string
  readonly isRepeated: boolean
}

const specs = new Map<string, readonly FieldSpec[]>()

/** @throws Error where an entry above is misspelt. */
export function fieldsOf(message: string): readonly FieldSpec[] {
  const known = specs.get(message)
  if (known !== undefined) return known
  const text = messages[message]
  if (text === undefined) throw new Error(`protobuf: no message is called ${message}`)
  const fields = text.split(',').map((entry) => {
    const parts = /^\s*(\d+) (\w+) (\w+)(\[\])?\s*$/.exec(entry)
    if (parts === null) throw new Error(`protobuf: ${message} has no field '${entry.trim()}'`)
    const [, number, name, type, repeated] = parts
    return { number: Number(number), name: name!, type: type!, isRepeated: repeated !== undefined }
  })
  specs.set(message, fields)
  return fields
}

/** The messages as a .proto file of the second version, which tells what is absent from what is 0. */
export function protoText(isPacked: boolean): string {
  let text = 'syntax = "proto2";\n'
  for (const message of Object.keys(messages)) {
    text += `message ${message} {\n`
    for (const { number, name, type, isRepeated } of fieldsOf(message)) {
      const isNumber = type !== 'string' && messages[type] === undefined
      const packed = isRepeated && isNumber ? ` [packed = ${isPacked}]` : ''
      text += `  ${isRepeated ? 'repeated' : 'optional'} ${type} ${name} = ${number}${packed};\n`
    }
    text += '}\n'
  }
  return text
}
