/** Invented publishers and apps, after the kinds that European exchanges sell. */

export interface Topic {
  /** Path of the section; also the page's first keyword. */
  readonly path: string
  readonly cat: readonly string[]
  readonly keywords: readonly string[]
  readonly titles: readonly string[]
}

export interface Publisher {
  readonly domain: string
  readonly name: string
  readonly country: string
  readonly language: string
  /** How many requests it sends compared with the others. */
  readonly weight: number
  /** What its floors are around, in units of the exchange's currency per 1,000 impressions. */
  readonly floorMedian: number
  readonly topics: readonly Topic[]
}

export interface AppPublisher {
  readonly bundle: string
  readonly iosId: string
  readonly name: string
  readonly cat: readonly string[]
  readonly keywords: string
  readonly weight: number
  readonly floorMedian: number
}

const news: Topic = {
  path: 'wiadomosci',
  cat: ['IAB12', 'IAB12-2'],
  keywords: ['kraj', 'polityka', 'sejm'],
  titles: ['nowe-zasady-od-stycznia', 'most-otwarty-po-remoncie', 'prognoza-na-weekend'],
}
const fashion: Topic = {
  path: 'moda',
  cat: ['IAB18', 'IAB18-3'],
  keywords: ['buty', 'sneakersy', 'torebki', 'trendy'],
  titles: ['buty-na-wiosne', 'najmodniejsze-torebki-sezonu', 'sneakersy-do-sukienki'],
}
const sport: Topic = {
  path: 'sport',
  cat: ['IAB17', 'IAB17-44'],
  keywords: ['piłka nożna', 'bieganie', 'liga'],
  titles: ['jak-zaczac-biegac', 'wyniki-kolejki', 'buty-do-biegania-test'],
}
const cooking: Topic = {
  path: 'przepisy',
  cat: ['IAB8', 'IAB8-5'],
  keywords: ['obiad', 'ciasto', 'szybki przepis'],
  titles: ['pierogi-ruskie', 'szybki-sernik', 'obiad-w-pol-godziny'],
}
const home: Topic = {
  path: 'dom-i-ogrod',
  cat: ['IAB10', 'IAB10-7'],
  keywords: ['ogród', 'remont', 'meble'],
  titles: ['trawnik-krok-po-kroku', 'mala-lazienka', 'balkon-jesienia'],
}
const technology: Topic = {
  path: 'technologie',
  cat: ['IAB19', 'IAB19-18'],
  keywords: ['smartfon', 'laptop', 'aplikacje'],
  titles: ['test-smartfona', 'laptop-do-nauki', 'nowa-wersja-systemu'],
}
const cars: Topic = {
  path: 'moto',
  cat: ['IAB2', 'IAB2-3'],
  keywords: ['auto używane', 'opony', 'elektryczne'],
  titles: ['opony-zimowe-ranking', 'pierwsze-auto-elektryczne', 'przeglad-przed-zima'],
}
const parents: Topic = {
  path: 'dziecko',
  cat: ['IAB6', 'IAB6-7'],
  keywords: ['wózek', 'szkoła', 'zabawki'],
  titles: ['wyprawka-szkolna', 'jaki-wozek', 'zabawy-w-domu'],
}
const travel: Topic = {
  path: 'podroze',
  cat: ['IAB20', 'IAB20-24'],
  keywords: ['góry', 'morze', 'walizka'],
  titles: ['weekend-w-tatrach', 'co-spakowac', 'pociagiem-nad-morze'],
}
const weather: Topic = {
  path: 'pogoda',
  cat: ['IAB15', 'IAB15-10'],
  keywords: ['pogoda', 'temperatura'],
  titles: ['warszawa', 'krakow', 'na-dziesiec-dni'],
}

export const publishers: readonly Publisher[] = [
  {
    domain: 'kurier-miejski.example',
    name: 'Kurier Miejski',
    country: 'POL',
    language: 'pl',
    weight: 12,
    floorMedian: 2.2,
    topics: [news, sport, travel, cars],
  },
  {
    domain: 'poranna.example',
    name: 'Poranna',
    country: 'POL',
    language: 'pl',
    weight: 10,
    floorMedian: 1.8,
    topics: [news, fashion, cooking],
  },
  {
    domain: 'szafa-gra.example',
    name: 'Szafa gra',
    country: 'POL',
    language: 'pl',
    weight: 6,
    floorMedian: 3.1,
    topics: [fashion, parents],
  },
  {
    domain: 'trzy-okrazenia.example',
    name: 'Trzy okrążenia',
    country: 'POL',
    language: 'pl',
    weight: 5,
    floorMedian: 2.4,
    topics: [sport],
  },
  {
    domain: 'garnek.example',
    name: 'Garnek',
    country: 'POL',
    language: 'pl',
    weight: 6,
    floorMedian: 1.4,
    topics: [cooking, home],
  },
  {
    domain: 'pod-lupa.example',
    name: 'Pod lupą',
    country: 'POL',
    language: 'pl',
    weight: 4,
    floorMedian: 2.6,
    topics: [technology, cars],
  },
  {
    domain: 'grzadka.example',
    name: 'Grządka',
    country: 'POL',
    language: 'pl',
    weight: 3,
    floorMedian: 1.2,
    topics: [home],
  },
  {
    domain: 'chmurnie.example',
    name: 'Chmurnie',
    country: 'POL',
    language: 'pl',
    weight: 7,
    floorMedian: 1.1,
    topics: [weather],
  },
  {
    domain: 'forum-rodzicow.example',
    name: 'Forum rodziców',
    country: 'POL',
    language: 'pl',
    weight: 4,
    floorMedian: 1.3,
    topics: [parents, cooking],
  },
  {
    domain: 'vecerni-list.example',
    name: 'Večerní list',
    country: 'CZE',
    language: 'cs',
    weight: 3,
    floorMedian: 1.9,
    topics: [news, sport],
  },
  {
    domain: 'dennik-dnes.example',
    name: 'Denník dnes',
    country: 'SVK',
    language: 'sk',
    weight: 2,
    floorMedian: 1.6,
    topics: [news, weather],
  },
  {
    domain: 'abendblick.example',
    name: 'Abendblick',
    country: 'DEU',
    language: 'de',
    weight: 3,
    floorMedian: 4.2,
    topics: [news, technology, travel],
  },
  {
    domain: 'rytas.example',
    name: 'Rytas',
    country: 'LTU',
    language: 'lt',
    weight: 1,
    floorMedian: 1.5,
    topics: [news, weather],
  },
]

export const apps: readonly AppPublisher[] = [
  {
    bundle: 'example.pogodnik',
    iosId: '900000101',
    name: 'Pogodnik',
    cat: ['IAB15-10'],
    keywords: 'pogoda,radar,burze',
    weight: 6,
    floorMedian: 1.0,
  },
  {
    bundle: 'example.kulki3',
    iosId: '900000102',
    name: 'Kulki 3',
    cat: ['IAB9-30'],
    keywords: 'gra,logiczna',
    weight: 8,
    floorMedian: 0.8,
  },
  {
    bundle: 'example.rozklad',
    iosId: '900000103',
    name: 'Rozkład',
    cat: ['IAB20'],
    keywords: 'autobus,tramwaj,bilety',
    weight: 4,
    floorMedian: 1.6,
  },
  {
    bundle: 'example.biegam',
    iosId: '900000104',
    name: 'Biegam',
    cat: ['IAB17', 'IAB7-18'],
    keywords: 'bieganie,trening',
    weight: 3,
    floorMedian: 2.1,
  },
  {
    bundle: 'example.gazetka',
    iosId: '900000105',
    name: 'Gazetka',
    cat: ['IAB22-2'],
    keywords: 'promocje,sklepy,gazetki',
    weight: 4,
    floorMedian: 2.3,
  },
]
