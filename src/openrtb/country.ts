/** ISO 3166-1: each country's two letters and its three, joined. `XK` is what Kosovo is called until it has a code. */
const codes =
  'ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE ' +
  'BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS ' +
  'BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN ' +
  'COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST ' +
  'EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF ' +
  'GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD ' +
  'HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM ' +
  'JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA ' +
  'LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD ' +
  'MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM ' +
  'NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG ' +
  'PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA ' +
  'SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD ' +
  'STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON ' +
  'TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR ' +
  'VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF ZMZMB ZWZWE'

/** What is sent although it isn't in the list: the EU's own two letters, and Romania's code before 2002. */
const aliases: Readonly<Record<string, string>> = { UK: 'GBR', EL: 'GRC', ROM: 'ROU' }

/**
 * Where the GDPR, or the law that Britain and Switzerland made after it, applies: the EU's members and
 * those of its parts that have a code of their own, the rest of the EEA, and those two.
 */
const gdprCodes =
  'AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN IRL ITA LVA LTU LUX MLT NLD POL PRT ROU SVK SVN ' +
  'ESP SWE ALA GLP GUF MAF MTQ MYT REU ISL LIE NOR SJM GBR GIB CHE'

const byCode = new Map<string, string>()
for (const pair of codes.split(' ')) {
  const three = pair.slice(2)
  add(pair.slice(0, 2), three)
  add(three, three)
}
for (const [code, three] of Object.entries(aliases)) add(code, three)
const gdpr: ReadonlySet<string> = new Set(gdprCodes.split(' '))

function add(code: string, three: string): void {
  byCode.set(code, three)
  byCode.set(code.toLowerCase(), three)
}

/**
 * ISO 3166-1 alpha-3 code, in upper case, of a country by its two or three letters.
 *
 * @param code as sent, any case; exchanges send both (OpenRTB asks for three).
 * @returns '' for what is no country's code.
 */
export function alpha3(code: string): string {
  const known = byCode.get(code)
  if (known !== undefined) return known
  if (code.length < 2 || code.length > 3) return ''
  return byCode.get(code.toUpperCase()) ?? ''
}

/**
 * Whether a request from there that says nothing of the GDPR is treated as under it.
 *
 * @param country as `alpha3` gives it.
 */
export function isGdprCountry(country: string): boolean {
  return gdpr.has(country)
}
