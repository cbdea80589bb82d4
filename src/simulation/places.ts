/** Where simulated people are. Coordinates are the cities' own, as an exchange gets them from an IP. */

export interface City {
  readonly country: string
  readonly region: string
  readonly city: string
  readonly zip: string
  readonly lat: number
  readonly lon: number
  readonly weight: number
}

/** `region` is the second half of an ISO 3166-2 code. */
export const cities: readonly City[] = [
  {
    country: 'POL',
    region: '14',
    city: 'Warszawa',
    zip: '00-001',
    lat: 52.23,
    lon: 21.01,
    weight: 20,
  },
  {
    country: 'POL',
    region: '12',
    city: 'Kraków',
    zip: '30-001',
    lat: 50.06,
    lon: 19.94,
    weight: 9,
  },
  {
    country: 'POL',
    region: '02',
    city: 'Wrocław',
    zip: '50-001',
    lat: 51.11,
    lon: 17.03,
    weight: 7,
  },
  {
    country: 'POL',
    region: '30',
    city: 'Poznań',
    zip: '60-001',
    lat: 52.41,
    lon: 16.93,
    weight: 6,
  },
  {
    country: 'POL',
    region: '22',
    city: 'Gdańsk',
    zip: '80-001',
    lat: 54.35,
    lon: 18.65,
    weight: 6,
  },
  { country: 'POL', region: '10', city: 'Łódź', zip: '90-001', lat: 51.76, lon: 19.46, weight: 6 },
  {
    country: 'POL',
    region: '06',
    city: 'Lublin',
    zip: '20-001',
    lat: 51.25,
    lon: 22.57,
    weight: 4,
  },
  { country: 'CZE', region: '10', city: 'Praha', zip: '110 00', lat: 50.08, lon: 14.44, weight: 3 },
  {
    country: 'SVK',
    region: 'BL',
    city: 'Bratislava',
    zip: '811 01',
    lat: 48.15,
    lon: 17.11,
    weight: 2,
  },
  { country: 'DEU', region: 'BE', city: 'Berlin', zip: '10115', lat: 52.52, lon: 13.4, weight: 3 },
  {
    country: 'LTU',
    region: 'VL',
    city: 'Vilnius',
    zip: '01100',
    lat: 54.69,
    lon: 25.28,
    weight: 1,
  },
]
