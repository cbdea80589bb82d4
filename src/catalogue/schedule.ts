import type { Campaign } from './model.js'
import { days } from './model.js'

export const hoursPerWeek = 168

/** When campaigns are on: hours of the week in a time zone. Campaigns share few of them. */
export interface Schedule {
  readonly timeZone: string
  /** 168 characters from Monday 0:00 on, `1` where the hour is on. */
  readonly hours: string
}

export function scheduleOf(campaign: Campaign, timeZone: string): Schedule {
  const ranges = campaign.targeting.hours
  if (ranges === undefined) return { timeZone: 'UTC', hours: '1'.repeat(hoursPerWeek) }
  const on = new Array<string>(hoursPerWeek).fill('0')
  for (const range of ranges)
    for (const day of range.days)
      for (let hour = range.from; hour < range.to; hour++) on[days.indexOf(day) * 24 + hour] = '1'
  return { timeZone, hours: on.join('') }
}

/** Hour of the week at this instant in this zone: 0 is Monday from 0:00 to 1:00. */
export function hourOfWeek(timeZone: string, nowMs: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(nowMs)
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? ''
  const day = days.indexOf(part('weekday').toLowerCase().slice(0, 3) as (typeof days)[number])
  return day * 24 + Number(part('hour'))
}
