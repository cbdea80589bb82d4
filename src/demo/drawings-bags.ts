/** What one carries things in. */
import type { Drawing } from './shades.js'
import { gleam, line, lit, seam, shape } from './shades.js'

const backpack: Drawing = ({ dark, deep, accent, accentDark, light }) =>
  line('M100 40C100 18 140 18 140 40', deep, 8) +
  shape('M54 104C40 112 38 150 44 176C46 184 56 184 58 178Z', dark) +
  shape('M186 104C200 112 202 150 196 176C194 184 184 184 182 178Z', dark) +
  shape(
    'M60 96C60 52 84 34 120 34C156 34 180 52 180 96V186C180 198 172 206 160 206H80C68 206 60 198 60 186Z',
    lit,
  ) +
  shape('M60 96C60 52 84 34 120 34C156 34 180 52 180 96V102C150 114 90 114 60 102Z', dark) +
  line('M66 92C76 66 96 56 120 56C144 56 164 66 174 92', light, 3) +
  `<rect x="76" y="124" width="88" height="68" rx="14" fill="${dark}"/><rect x="76" y="124" width="88" height="22" rx="10" fill="${deep}"/>` +
  line('M84 146H156', accent, 4) +
  `<rect x="144" y="143" width="8" height="20" rx="3" fill="${accent}"/>` +
  line('M84 112V124M156 112V124', accentDark, 7) +
  `<rect x="78" y="100" width="12" height="20" rx="3" fill="${accent}"/><rect x="150" y="100" width="12" height="20" rx="3" fill="${accent}"/>` +
  `<rect x="104" y="70" width="32" height="18" rx="5" fill="${accent}"/><path d="M112 84L120 73L128 84Z" fill="${deep}"/>` +
  seam('M68 116C68 150 68 170 70 190M172 116C172 150 172 170 170 190', light) +
  shape('M70 90C74 62 92 46 116 44C96 56 84 74 82 104C76 103 72 102 70 100Z', gleam)

const duffel: Drawing = ({ dark, deep, accent, light }) =>
  line('M84 108C84 50 156 50 156 108', deep, 9) +
  shape(
    'M34 112C34 96 46 86 62 86H178C194 86 206 96 206 112V180C206 196 196 204 180 204H60C44 204 34 196 34 180Z',
    lit,
  ) +
  shape(
    'M34 112C34 96 46 86 62 86H72C60 96 58 110 58 130V166C58 184 62 196 70 204H60C44 204 34 196 34 180Z',
    dark,
  ) +
  shape(
    'M206 112C206 96 194 86 178 86H168C180 96 182 110 182 130V166C182 184 178 196 170 204H180C196 204 206 196 206 180Z',
    dark,
  ) +
  line('M66 98H174', deep, 4) +
  `<rect x="150" y="93" width="18" height="9" rx="3" fill="${accent}"/>` +
  line('M84 104V204M156 104V204', accent, 10) +
  line('M84 112C84 62 156 62 156 112', accent, 7) +
  `<rect x="98" y="132" width="44" height="46" rx="9" fill="${dark}"/><path d="M108 166L120 146L132 166Z" fill="${light}"/>` +
  `<rect x="106" y="62" width="28" height="14" rx="7" fill="${deep}"/>` +
  seam('M62 112V192M178 112V192', light) +
  shape('M62 106H178V128C140 118 100 118 62 128Z', gleam)

const handbag: Drawing = ({ dark, deep, accent, light }) =>
  line('M82 104C78 34 162 34 158 104', deep, 8) +
  line('M82 104C78 40 162 40 158 104', dark, 3) +
  shape(
    'M50 100C51 94 55 91 61 91H179C185 91 189 94 190 100L204 190C205 199 200 204 192 204H48C40 204 35 199 36 190Z',
    lit,
  ) +
  shape(
    'M53 91H187C189 92 190 96 190 100L195 134C170 150 142 156 120 156C98 156 70 150 45 134L50 100C51 94 51 92 53 91Z',
    dark,
  ) +
  seam('M52 130C72 142 98 149 120 149C142 149 168 142 188 130', light) +
  `<rect x="108" y="142" width="24" height="26" rx="6" fill="${accent}"/><circle cx="120" cy="155" r="4" fill="${deep}"/>` +
  `<circle cx="82" cy="104" r="6" fill="${accent}"/><circle cx="158" cy="104" r="6" fill="${accent}"/>` +
  seam('M44 194H196', light) +
  shape('M58 98H120C96 106 76 118 52 126Z', gleam)

const waistPack: Drawing = ({ dark, deep, accent, light }) =>
  line('M50 128C26 112 22 84 44 70C84 46 156 46 196 70C218 84 214 112 190 128', deep, 13) +
  line('M50 128C30 112 28 88 48 76M190 128C210 112 212 88 192 76', dark, 4) +
  `<rect x="104" y="42" width="32" height="22" rx="6" fill="#23272c"/><rect x="112" y="47" width="16" height="12" rx="3" fill="${accent}"/>` +
  shape(
    'M44 124C44 110 54 102 68 102H172C186 102 196 110 196 124C196 160 176 192 146 192H94C64 192 44 160 44 124Z',
    lit,
  ) +
  line('M58 122H182', deep, 5) +
  `<rect x="160" y="117" width="20" height="9" rx="3" fill="${accent}"/>` +
  shape('M72 140H168C164 164 152 180 134 180H106C88 180 76 164 72 140Z', dark) +
  line('M76 142H164', accent, 3) +
  seam('M52 132C56 160 72 182 96 186M188 132C184 160 168 182 144 186', light) +
  shape('M60 108H150C116 112 84 118 56 132C54 120 54 110 60 108Z', gleam)

export const bags = { backpack, duffel, handbag, waistPack }
