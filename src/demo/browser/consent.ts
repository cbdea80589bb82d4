/** Asks for consent, once, and says what was answered in the words of Google's consent mode. */
import { grosz, gtag } from './layer.js'
import { find, findAll, load, save } from './page.js'

interface Choice {
  readonly ads: boolean
  readonly personalization: boolean
}

const said = (isGranted: boolean): string => (isGranted ? 'granted' : 'denied')

const signals = ({ ads, personalization }: Choice): object => ({
  ad_storage: said(ads),
  ad_user_data: said(ads),
  ad_personalization: said(ads),
  personalization_storage: said(personalization),
  // The demo measures nothing.
  analytics_storage: 'denied',
})

export function askForConsent(): void {
  const banner = find('.consent')!
  const form = find<HTMLFormElement>('form', banner)!
  const details = find('fieldset', banner)!
  const box = (name: string): HTMLInputElement => find<HTMLInputElement>(`[name=${name}]`, form)!

  const decide = (choice: Choice): void => {
    save('consent', choice)
    gtag('consent', 'update', signals(choice))
    banner.hidden = true
  }
  const answers: Record<string, () => void> = {
    all: () => decide({ ads: true, personalization: true }),
    none: () => decide({ ads: false, personalization: false }),
    choose: () => {
      details.hidden = false
      box('ads').focus()
    },
    again: () => {
      const { ads, personalization } = load<Choice>('consent', {
        ads: false,
        personalization: false,
      })
      box('ads').checked = ads
      box('personalization').checked = personalization
      details.hidden = false
      banner.hidden = false
      box('ads').focus()
    },
  }
  for (const button of findAll('[data-consent]'))
    button.addEventListener('click', () => answers[button.dataset['consent']!]?.())
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    decide({ ads: box('ads').checked, personalization: box('personalization').checked })
  })

  gtag('consent', 'default', {
    ...signals({ ads: false, personalization: false }),
    wait_for_update: 500,
  })
  const earlier = load<Choice | null>('consent', null)
  if (earlier === null) banner.hidden = false
  else gtag('consent', 'update', signals(earlier))
}

/** Who the visitor says they are. The tag sends the address as its hash alone. */
export function identify(customerId: string, email: string): void {
  grosz('identify', { customerId, email })
}
