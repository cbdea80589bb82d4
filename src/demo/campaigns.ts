import type { ShopFileInput } from '../catalogue/model.js'

type CampaignInput = ShopFileInput['campaigns'][number]

/**
 * The demo's campaigns. Amounts in the shop's currency: on an ordinary placement strangers are worth
 * a CPM of 6 to 10 PLN, people with an intent more, an abandoned cart clearly the most.
 */
export const demoCampaigns: Readonly<Record<string, readonly CampaignInput[]>> = {
  ruszaj: [
    {
      id: 'ruszaj-cart',
      name: 'Porzucony koszyk',
      goal: 'cpc',
      bid: 6,
      maxCpm: 60,
      budget: { total: 20_000, daily: 1_500 },
      withoutProfile: 'skip',
      modifiers: [
        { when: { cart: { valueAtLeast: 1 } }, factor: 1.8 },
        { when: { cart: { valueAtLeast: 500, abandonedForAtLeastMinutes: 30 } }, factor: 1.5 },
      ],
      callToAction: 'Wróć do koszyka',
    },
    {
      id: 'ruszaj-running',
      name: 'Szukają butów do biegania',
      goal: 'cpc',
      bid: 8,
      maxCpm: 40,
      budget: { total: 12_000, daily: 800 },
      withoutProfile: 'skip',
      targeting: { segments: { any: ['intent-running'] } },
      modifiers: [{ when: { viewedWithinMinutes: 1_440 }, factor: 1.25 }],
      products: ['bieg-01', 'bieg-02', 'bieg-03', 'bieg-04', 'bieg-05', 'bieg-06'],
      callToAction: 'Wybierz buty',
    },
    {
      id: 'ruszaj-viewers',
      name: 'Oglądali nasze produkty',
      goal: 'cpc',
      bid: 6.5,
      maxCpm: 30,
      budget: { total: 10_000, daily: 800 },
      withoutProfile: 'skip',
      modifiers: [{ when: { viewedWithinMinutes: 4_320 }, factor: 1.3 }],
    },
    {
      id: 'ruszaj-outdoor',
      name: 'Strony o sporcie i podróżach',
      goal: 'cpm',
      bid: 9.5,
      maxCpm: 12,
      budget: { total: 8_000, daily: 600 },
      targeting: { countries: ['POL'], categories: ['IAB17', 'IAB20'] },
      products: ['trek-01', 'plec-01', 'nami-01', 'kurt-01', 'trek-02', 'plec-02', 'spiw-01'],
      callToAction: 'Zobacz na szlak',
    },
    {
      id: 'ruszaj-evening',
      name: 'Wieczorem na telefonie',
      goal: 'cpm',
      bid: 8.5,
      maxCpm: 10,
      budget: { daily: 300 },
      targeting: {
        countries: ['POL'],
        deviceTypes: ['phone'],
        hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: 18, to: 23 }],
      },
    },
    {
      id: 'ruszaj-everyone',
      name: 'Nowi klienci',
      goal: 'cpm',
      bid: 7,
      maxCpm: 8,
      budget: { total: 50_000, daily: 3_000 },
    },
  ],
  fenrow: [
    {
      id: 'fenrow-basket',
      name: 'Abandoned basket',
      goal: 'cpc',
      bid: 1.4,
      maxCpm: 12,
      budget: { total: 4_000, daily: 250 },
      withoutProfile: 'skip',
      modifiers: [
        { when: { cart: { valueAtLeast: 80, abandonedForAtLeastMinutes: 60 } }, factor: 2 },
      ],
      callToAction: 'Back to basket',
    },
    {
      id: 'fenrow-home',
      name: 'Pages on home and garden',
      goal: 'cpm',
      bid: 2.4,
      maxCpm: 3,
      budget: { total: 3_000, daily: 200 },
      targeting: { categories: ['IAB10'] },
    },
    {
      id: 'fenrow-large',
      name: 'Large formats',
      goal: 'cpm',
      bid: 1.9,
      maxCpm: 2.5,
      budget: { daily: 100 },
      targeting: { sizes: ['970x250', '300x600', '750x200', '750x300'] },
      products: ['chair-01', 'lamp-01', 'wool-01', 'vase-01', 'chair-02'],
      callToAction: 'See the room',
    },
    {
      id: 'fenrow-everyone',
      name: 'New customers',
      goal: 'cpm',
      bid: 1.5,
      maxCpm: 2,
      budget: { total: 5_000, daily: 300 },
    },
  ],
}
