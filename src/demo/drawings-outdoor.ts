/** Sports goods and what one takes along outdoors. */
import type { Drawing } from './shades.js'
import { gleam, line, lit, seam, shape } from './shades.js'

/** The corner points of a regular polygon, as the data of a closed path. */
function polygon(x: number, y: number, radius: number, corners: number, turn: number): string {
  const points = Array.from({ length: corners }, (_, corner) => {
    const angle = ((corner + turn) / corners) * 2 * Math.PI - Math.PI / 2
    return `${(x + radius * Math.cos(angle)).toFixed(1)} ${(y + radius * Math.sin(angle)).toFixed(1)}`
  })
  return `M${points.join('L')}Z`
}

const football: Drawing = ({ main, dark, accent }) => {
  const spots = Array.from({ length: 5 }, (_, at) => {
    const angle = (at / 5) * 2 * Math.PI - Math.PI / 2
    const x = 120 + 74 * Math.cos(angle)
    const y = 124 + 74 * Math.sin(angle)
    return shape(polygon(x, y, 27, 5, at + 2.5), at % 2 === 0 ? main : accent)
  })
  const seams = Array.from({ length: 5 }, (_, at) => {
    const angle = (at / 5) * 2 * Math.PI - Math.PI / 2
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    return `M${120 + 28 * cos} ${124 + 28 * sin}L${120 + 52 * cos} ${124 + 52 * sin}`
  })
  return (
    `<clipPath id="ball"><circle cx="120" cy="124" r="82"/></clipPath><g clip-path="url(#ball)">` +
    `<circle cx="120" cy="124" r="82" fill="#f7f8f8"/>${spots.join('')}` +
    `${shape(polygon(120, 124, 30, 5, 0), main)}${line(seams.join(''), '#b9c0c4', 3)}` +
    `<circle cx="120" cy="124" r="82" fill="url(#round)"/></g>` +
    `<circle cx="120" cy="124" r="81" fill="none" stroke="${dark}" stroke-opacity=".35" stroke-width="2"/>`
  )
}

const basketball: Drawing = ({ deep, main }) =>
  `<clipPath id="ball"><circle cx="120" cy="124" r="82"/></clipPath><g clip-path="url(#ball)"><circle cx="120" cy="124" r="82" fill="${main}"/>` +
  line('M30 124H210M120 30V216M56 60C98 96 98 152 56 188M184 60C142 96 142 152 184 188', deep, 5) +
  '<circle cx="120" cy="124" r="82" fill="url(#round)"/></g>'

const volleyball: Drawing = ({ main, accent, dark }) =>
  `<clipPath id="ball"><circle cx="120" cy="124" r="82"/></clipPath><g clip-path="url(#ball)"><circle cx="120" cy="124" r="82" fill="#fbfaf5"/>` +
  shape('M120 124C100 90 60 70 20 84L40 20H120C136 56 136 92 120 124Z', main) +
  shape('M120 124C160 120 190 88 196 44L236 110L206 176C170 174 138 156 120 124Z', accent) +
  shape('M120 124C104 160 110 196 134 226L60 216L30 130C62 142 92 142 120 124Z', main) +
  line(
    'M120 124C100 90 60 70 20 84M120 124C136 92 136 56 118 26M120 124C160 120 190 88 196 44M120 124C138 156 170 174 214 172M120 124C104 160 110 196 138 226M120 124C92 142 62 142 24 128',
    dark,
    3,
  ) +
  line(
    'M104 40C118 66 120 84 112 108M50 82C76 82 94 92 108 108M218 96C196 124 168 132 140 128M52 166C72 168 92 160 106 146',
    '#fff',
    3,
  ) +
  '<circle cx="120" cy="124" r="82" fill="url(#round)"/></g>'

const bottle: Drawing = ({ dark, deep, accent, light }) =>
  `<rect x="98" y="18" width="44" height="30" rx="8" fill="${deep}"/>` +
  line('M106 22C104 8 136 8 134 22', deep, 7) +
  `<rect x="92" y="46" width="56" height="12" rx="5" fill="${accent}"/>` +
  shape(
    'M92 58H148C152 72 164 80 164 98V190C164 200 158 206 148 206H92C82 206 76 200 76 190V98C76 80 88 72 92 58Z',
    lit,
  ) +
  shape(
    'M148 58C152 72 164 80 164 98V190C164 200 158 206 148 206H138C146 204 148 196 148 186V100C148 82 140 74 138 58Z',
    dark,
  ) +
  `<path d="M100 156L120 122L130 140L136 132L148 156Z" fill="${accent}"/><circle cx="138" cy="120" r="5" fill="${light}"/>` +
  line('M78 178H162', dark, 3) +
  `<rect x="86" y="84" width="10" height="96" rx="5" fill="#fff" opacity=".38"/>`

const tent: Drawing = ({ dark, deep, accent, light }) =>
  shape('M8 200C48 192 192 192 232 200C200 210 40 210 8 200Z', '#c9d2b4') +
  shape('M96 52L20 198H136Z', lit) +
  shape('M96 52L136 198H222C206 148 176 96 148 58C136 46 108 44 96 52Z', dark) +
  shape('M96 54L70 198H110Z', deep) +
  shape('M96 56C94 110 84 160 58 198H78Z', light) +
  shape('M96 52C108 44 136 46 148 58L152 66C134 58 114 58 98 62Z', accent) +
  line('M96 52L20 198M96 52L136 198', accent, 4) +
  line('M148 58C176 96 206 148 222 198', deep, 3) +
  shape('M150 116C164 114 176 120 184 134L190 150C176 146 164 146 156 150Z', light) +
  line('M20 196L6 206M222 196L234 206M96 52L92 40', '#6b7077', 3) +
  shape('M94 62L40 178C60 156 78 116 94 62Z', gleam)

const sleepingBag: Drawing = ({ dark, deep, accent, light }) =>
  shape(
    'M86 30C98 16 142 16 154 30C176 52 180 92 172 132L158 190C155 202 148 208 136 208H104C92 208 85 202 82 190L68 132C60 92 64 52 86 30Z',
    lit,
  ) +
  shape(
    'M94 40C102 30 138 30 146 40C154 50 152 66 144 74C130 84 110 84 96 74C88 66 86 50 94 40Z',
    accent,
  ) +
  shape(
    'M102 48C108 42 132 42 138 48C143 56 141 64 135 68C126 73 114 73 105 68C99 64 97 56 102 48Z',
    deep,
  ) +
  line(
    'M66 98C98 108 142 108 174 98M66 126C98 136 142 136 174 126M72 152C100 161 140 161 168 152M78 178C102 186 138 186 162 178',
    dark,
    4,
  ) +
  line('M146 80C154 120 152 164 140 202', accent, 4) +
  line('M70 112C98 121 140 121 170 112', light, 2) +
  shape('M78 44C70 66 68 96 72 124L84 176C92 140 88 86 92 78C84 68 82 56 78 44Z', gleam)

const mat: Drawing = ({ main, dark, deep, accent, light }) =>
  shape('M34 176C34 190 60 196 80 196H216C224 196 228 192 226 186L214 160H78Z', dark) +
  shape('M76 72H190C214 72 226 96 226 124C226 152 214 176 190 176H76Z', lit) +
  `<ellipse cx="76" cy="124" rx="40" ry="52" fill="${light}"/><ellipse cx="76" cy="124" rx="30" ry="40" fill="none" stroke="${dark}" stroke-width="5"/><ellipse cx="76" cy="124" rx="19" ry="26" fill="none" stroke="${dark}" stroke-width="5"/><ellipse cx="76" cy="124" rx="8" ry="11" fill="${deep}"/>` +
  line('M132 72C146 88 146 160 132 176M186 72C200 88 200 160 186 176', accent, 9) +
  line('M139 118C156 94 176 94 193 118', accent, 7) +
  line('M104 84H184M106 92H150', main, 3) +
  shape('M96 76H190C204 76 212 84 216 92C180 84 140 84 108 92Z', gleam)

const dumbbell: Drawing = ({ main, dark, deep, accent, light }) =>
  `<g transform="rotate(-18 120 128)"><rect x="80" y="116" width="80" height="24" rx="8" fill="#aab1b7"/>` +
  line('M88 122H152', '#e6eaec', 4) +
  [
    [48, 78, 34, 100],
    [158, 78, 34, 100],
  ]
    .map(
      ([x, y, width, height]) =>
        `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="12" fill="${main}"/><rect x="${x! + 4}" y="${y! + 6}" width="9" height="${height! - 12}" rx="4" fill="${light}"/>`,
    )
    .join('') +
  `<rect x="24" y="92" width="28" height="72" rx="10" fill="${dark}"/><rect x="188" y="92" width="28" height="72" rx="10" fill="${dark}"/>` +
  `<rect x="14" y="114" width="14" height="28" rx="5" fill="${deep}"/><rect x="212" y="114" width="14" height="28" rx="5" fill="${deep}"/>` +
  `<rect x="80" y="112" width="8" height="32" rx="3" fill="${accent}"/><rect x="152" y="112" width="8" height="32" rx="3" fill="${accent}"/></g>`

const kettlebell: Drawing = ({ dark, deep, accent, light }) =>
  line('M82 108C62 44 88 26 120 26C152 26 178 44 158 108', deep, 19) +
  line('M80 92C68 50 92 34 116 32', light, 4) +
  shape(
    'M120 84C170 84 194 114 190 148C188 172 176 192 162 206H78C64 192 52 172 50 148C46 114 70 84 120 84Z',
    lit,
  ) +
  shape(
    'M150 90C182 100 193 122 190 148C188 172 176 192 162 206H134C166 182 176 130 150 90Z',
    dark,
  ) +
  `<circle cx="114" cy="146" r="30" fill="${accent}"/><path d="M98 158L114 130L130 158Z" fill="#fff" opacity=".9"/>` +
  shape('M62 132C66 108 84 94 112 92C90 104 78 122 76 146C70 146 62 142 62 132Z', gleam)

const helmet: Drawing = ({ dark, deep, accent, light }) =>
  shape(
    'M24 138C20 84 62 44 122 44C182 44 220 88 218 140C218 150 210 152 202 148C150 128 92 128 42 150C32 154 25 148 24 138Z',
    lit,
  ) +
  shape(
    'M58 78C78 60 98 56 112 56C88 74 74 98 70 128C60 131 50 134 44 138C40 114 44 94 58 78ZM126 56C150 58 172 70 186 88C164 84 144 92 134 122C120 121 104 122 92 124C96 96 106 74 126 56ZM196 100C206 116 208 130 206 138C190 132 172 127 154 124C162 106 178 98 196 100Z',
    deep,
  ) +
  line('M30 136C80 112 160 110 214 138', accent, 5) +
  shape(
    'M202 148C212 150 224 158 226 166C208 160 190 160 174 164L160 140C176 142 190 144 202 148Z',
    dark,
  ) +
  line('M60 146L104 200L140 138M104 200L112 206', '#2b2f34', 6) +
  `<rect x="94" y="190" width="22" height="14" rx="4" fill="${accent}"/>` +
  shape('M40 112C46 82 72 60 100 54C76 72 58 96 54 128C46 130 38 128 40 112Z', gleam) +
  line('M146 52C176 60 200 84 208 112', light, 3)

const sunglasses: Drawing = ({ main, dark, deep, accent, light }) =>
  line('M26 108L44 66C48 58 58 58 66 60M214 108L196 66C192 58 182 58 174 60', deep, 8) +
  `<linearGradient id="lens" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="${accent}"/><stop offset="1" stop-color="${deep}"/></linearGradient>` +
  shape(
    'M20 100C44 92 84 92 106 102C114 98 126 98 134 102C156 92 196 92 220 100C226 102 226 108 224 114C220 154 204 170 176 170C150 170 138 154 130 126C126 118 114 118 110 126C102 154 90 170 64 170C36 170 20 154 16 114C14 108 14 102 20 100Z',
    main,
  ) +
  shape(
    'M28 108C50 102 80 102 100 110C100 140 88 160 64 160C42 160 30 146 28 108ZM212 108C190 102 160 102 140 110C140 140 152 160 176 160C198 160 210 146 212 108Z',
    'url(#lens)',
  ) +
  line('M22 102C46 95 82 95 104 104M136 104C158 95 194 95 218 102', light, 3) +
  shape(
    'M38 112C50 108 62 108 70 110L50 146C42 138 38 126 38 112ZM150 114C160 110 172 109 182 110L162 146C154 138 150 126 150 114Z',
    gleam,
  ) +
  `<circle cx="20" cy="106" r="3" fill="${dark}"/><circle cx="220" cy="106" r="3" fill="${dark}"/>`

const poles: Drawing = ({ main, deep, accent, dark }) =>
  [
    ['rotate(14 120 120)', 92],
    ['rotate(-14 120 120)', 148],
  ]
    .map(
      ([turn, x]) =>
        `<g transform="${turn} translate(${Number(x) - 120} 0)">${line('M120 60V134', main, 9)}${line('M120 130V196', '#aeb6bc', 6)}${line('M120 196V212', '#4b5157', 4)}` +
        `<rect x="113" y="122" width="14" height="18" rx="4" fill="${accent}"/><ellipse cx="120" cy="190" rx="17" ry="5" fill="${dark}"/>` +
        `${shape('M112 14C112 8 128 8 129 14L131 60C131 66 110 66 110 60Z', deep)}${line('M113 26H128M112 36H129M112 46H130', '#7d858c', 2)}` +
        `${line('M124 18C146 26 142 56 126 60', accent, 4)}${line('M118 70V118', '#fff', 2)}</g>`,
    )
    .join('') + seam('M84 120H84', main)

const headlamp: Drawing = ({ main, dark, deep, accent, light }) =>
  line('M62 140C24 120 24 70 70 52C102 42 138 42 170 52C216 70 216 120 178 140', main, 18) +
  line('M62 140C30 120 30 76 72 58C102 49 138 49 168 58C210 76 210 120 178 140', accent, 3) +
  `<rect x="58" y="104" width="124" height="82" rx="26" fill="${deep}"/><rect x="66" y="110" width="108" height="70" rx="22" fill="${dark}"/>` +
  `<circle cx="120" cy="145" r="29" fill="#e9edf0"/><circle cx="120" cy="145" r="22" fill="#fff6d6"/><circle cx="120" cy="145" r="11" fill="#ffe38a"/><circle cx="113" cy="137" r="5" fill="#fff"/>` +
  `<circle cx="80" cy="145" r="6" fill="${accent}"/><circle cx="160" cy="145" r="6" fill="${light}"/><rect x="104" y="98" width="32" height="10" rx="5" fill="${accent}"/>`

export const outdoor = {
  football,
  basketball,
  volleyball,
  bottle,
  tent,
  sleepingBag,
  mat,
  dumbbell,
  kettlebell,
  helmet,
  sunglasses,
  poles,
  headlamp,
}
