/** Things for the home. */
import type { Drawing } from './shades.js'
import { gleam, line, lit, seam, shape } from './shades.js'

const lamp: Drawing = ({ dark, accent, accentDark, light }) =>
  '<radialGradient id="glow"><stop offset="0" stop-color="#ffe9b0" stop-opacity=".9"/><stop offset="1" stop-color="#ffe9b0" stop-opacity="0"/></radialGradient><ellipse cx="120" cy="122" rx="104" ry="62" fill="url(#glow)"/>' +
  line('M120 110V190', accent, 8) +
  shape(
    'M84 196C84 186 104 184 120 184C136 184 156 186 156 196C156 206 84 206 84 196Z',
    accentDark,
  ) +
  `<circle cx="120" cy="150" r="15" fill="${accent}"/>` +
  shape('M84 30H156L188 110C190 116 160 122 120 122C80 122 50 116 52 110Z', lit) +
  shape('M156 30L188 110C190 116 168 120 146 121L136 30Z', dark) +
  `<ellipse cx="120" cy="112" rx="66" ry="9" fill="#fff0c4"/>` +
  line('M84 32L56 108', light, 3) +
  shape('M90 36H110L96 104C82 104 72 102 66 100Z', gleam)

const mug: Drawing = ({ dark, deep, accent, light }) =>
  line('M164 92C214 84 216 160 162 160', dark, 17) +
  shape('M50 66H172V150C172 184 154 204 126 204H96C68 204 50 184 50 150Z', lit) +
  shape('M138 66H172V150C172 184 154 204 126 204H108C132 196 140 176 140 146Z', dark) +
  `<ellipse cx="111" cy="66" rx="61" ry="15" fill="${light}"/><ellipse cx="111" cy="68" rx="52" ry="11" fill="#4a2c1c"/>` +
  shape('M50 120C76 130 146 130 172 120V142C146 152 76 152 50 142Z', accent) +
  line('M58 130L72 139L86 133L100 141L114 134L128 141L142 133L156 138L166 131', deep, 2.5) +
  line('M94 44C88 34 102 28 96 16M122 44C116 34 130 28 124 16', '#c9ced2', 4) +
  shape('M60 84C66 90 78 92 84 92V186C68 180 60 166 60 146Z', gleam)

const vase: Drawing = ({ dark, accent, light, deep }) =>
  line(
    'M116 66C108 42 92 26 74 20M120 66C122 40 126 22 136 8M124 66C136 46 152 38 170 36',
    '#7d8f5c',
    4,
  ) +
  `<g fill="${accent}"><ellipse cx="70" cy="20" rx="13" ry="9" transform="rotate(24 70 20)"/><ellipse cx="92" cy="30" rx="12" ry="7" transform="rotate(50 92 30)"/><ellipse cx="138" cy="10" rx="8" ry="12" transform="rotate(16 138 10)"/><ellipse cx="128" cy="32" rx="7" ry="12" transform="rotate(-12 128 32)"/><ellipse cx="173" cy="36" rx="14" ry="8"/><ellipse cx="150" cy="46" rx="12" ry="7" transform="rotate(-30 150 46)"/></g>` +
  shape(
    'M100 62H140C142 84 176 102 176 146C176 182 156 206 132 206H108C84 206 64 182 64 146C64 102 98 84 100 62Z',
    lit,
  ) +
  shape(
    'M140 62C142 84 176 102 176 146C176 182 156 206 132 206H118C146 196 152 170 150 144C148 112 126 86 126 62Z',
    dark,
  ) +
  `<ellipse cx="120" cy="62" rx="21" ry="6" fill="${deep}"/>` +
  line('M66 136C96 148 144 148 174 136M66 156C96 168 144 168 174 156', light, 3) +
  shape('M104 78C98 100 76 112 76 146C76 164 82 180 90 190C86 150 96 108 104 78Z', gleam)

const cushion: Drawing = ({ dark, accent, light, deep }) =>
  shape(
    'M36 56C32 44 42 38 54 42C94 52 146 52 186 42C198 38 208 44 204 56C194 94 194 150 204 188C208 200 198 206 186 202C146 192 94 192 54 202C42 206 32 200 36 188C46 150 46 94 36 56Z',
    lit,
  ) +
  `<clipPath id="cushion"><path d="M36 56C32 44 42 38 54 42C94 52 146 52 186 42C198 38 208 44 204 56C194 94 194 150 204 188C208 200 198 206 186 202C146 192 94 192 54 202C42 206 32 200 36 188C46 150 46 94 36 56Z"/></clipPath><g clip-path="url(#cushion)">` +
  line(
    'M30 92L75 62L120 92L165 62L210 92M30 132L75 102L120 132L165 102L210 132M30 172L75 142L120 172L165 142L210 172',
    accent,
    7,
  ) +
  line('M30 112L75 82L120 112L165 82L210 112M30 152L75 122L120 152L165 122L210 152', light, 3) +
  shape('M204 40L208 206H150C186 170 196 110 204 40Z', dark.concat('55')) +
  '</g>' +
  seam('M48 54C92 62 148 62 192 54', deep) +
  shape('M50 56C80 62 100 64 118 64C92 84 70 112 58 150C60 116 58 84 50 56Z', gleam)

const candle: Drawing = ({ dark, accent, light, deep }) =>
  '<radialGradient id="glow"><stop offset="0" stop-color="#ffdf94"/><stop offset="1" stop-color="#ffdf94" stop-opacity="0"/></radialGradient><circle cx="120" cy="52" r="46" fill="url(#glow)"/>' +
  shape('M120 22C134 42 138 52 132 64C128 72 112 72 108 64C102 52 110 42 120 22Z', '#ff9d2e') +
  shape('M120 42C126 52 128 58 125 64C122 68 118 68 115 64C112 58 116 50 120 42Z', '#fff3c9') +
  line('M120 66V88', '#3c3128', 3) +
  shape('M58 84H182V190C182 200 174 206 164 206H76C66 206 58 200 58 190Z', lit) +
  `<ellipse cx="120" cy="84" rx="62" ry="14" fill="${light}"/><ellipse cx="120" cy="86" rx="50" ry="9" fill="#fbf3e2"/>` +
  shape(
    'M150 96C168 94 182 90 182 84V190C182 200 174 206 164 206H140C152 180 154 130 150 96Z',
    dark,
  ) +
  `<rect x="80" y="122" width="72" height="54" rx="6" fill="#fbf7ee"/><path d="M92 140H140M100 152H132" stroke="${deep}" stroke-width="4" stroke-linecap="round"/><path d="M112 164L116 160L120 164L116 168Z" fill="${accent}"/>` +
  `<rect x="66" y="104" width="9" height="88" rx="4" fill="#fff" opacity=".35"/>`

const plant: Drawing = ({ dark, accent, light, deep }) =>
  `<g fill="#5f8a4e"><path d="M120 134C84 122 62 92 60 48C96 58 118 90 120 134Z"/><path d="M122 134C124 94 148 62 184 54C184 96 160 126 122 134Z" fill="#74a35e"/><path d="M118 136C100 102 102 58 122 18C142 58 142 102 124 136Z" fill="#4c7540"/><path d="M116 138C88 140 58 128 36 102C72 96 102 110 116 138Z" fill="#86b46c"/><path d="M126 138C152 142 184 132 206 108C170 100 140 112 126 138Z" fill="#5f8a4e"/></g>` +
  line(
    'M120 134L72 62M122 134L172 66M120 134L121 36M116 138L54 108M126 138L188 114',
    '#dbe8cd',
    2,
  ) +
  shape('M64 132H176L164 192C162 202 156 206 148 206H92C84 206 78 202 76 192Z', lit) +
  shape('M142 132H176L164 192C162 202 156 206 148 206H124C138 188 142 160 142 132Z', dark) +
  `<rect x="56" y="122" width="128" height="20" rx="8" fill="${light}"/>` +
  line('M78 164L96 178L114 164L132 178L150 164L162 174', accent, 5) +
  line('M60 140H180', deep, 1.5)

const clock: Drawing = ({ main, deep, accent, light }) =>
  `<circle cx="120" cy="120" r="86" fill="${main}"/><circle cx="120" cy="120" r="86" fill="url(#round)"/><circle cx="120" cy="120" r="70" fill="#fbfaf6"/>` +
  Array.from({ length: 12 }, (_, hour) => {
    const isQuarter = hour % 3 === 0
    return `<rect x="${isQuarter ? 117 : 118.5}" y="56" width="${isQuarter ? 6 : 3}" height="${isQuarter ? 15 : 9}" rx="1.5" fill="${deep}" transform="rotate(${hour * 30} 120 120)"/>`
  }).join('') +
  line('M120 120L92 92', deep, 8) +
  line('M120 120L158 78', deep, 5) +
  line('M112 132L136 96', accent, 3) +
  `<circle cx="120" cy="120" r="7" fill="${accent}"/><path d="M52 104A70 70 0 0 1 104 52" fill="none" stroke="${light}" stroke-width="4" opacity=".6" stroke-linecap="round"/>`

const chair: Drawing = ({ dark, accent, accentDark, light }) =>
  line('M82 150L64 206M158 150L176 206', accentDark, 9) +
  line('M92 150L86 196M148 150L154 196', accent, 8) +
  line('M76 182H164', accentDark, 5) +
  shape(
    'M66 34C68 24 78 20 90 20H150C162 20 172 24 174 34C182 66 182 98 174 126H66C58 98 58 66 66 34Z',
    lit,
  ) +
  shape('M150 20C162 20 172 24 174 34C182 66 182 98 174 126H146C158 92 160 54 150 20Z', dark) +
  shape(
    'M48 124C48 116 56 112 66 112H174C184 112 192 116 192 124V138C192 150 184 156 174 156H66C56 156 48 150 48 138Z',
    dark,
  ) +
  shape('M52 116C60 108 180 108 188 116C194 128 180 134 120 134C60 134 46 128 52 116Z', lit) +
  seam('M90 32C86 60 86 84 90 106M120 30V108M150 32C154 60 154 84 150 106', light) +
  shape('M74 36C78 28 88 26 100 26C88 52 82 78 82 106H74C68 82 68 58 74 36Z', gleam)

const bowl: Drawing = ({ dark, accent, light, deep }) =>
  shape('M24 96H216C216 152 180 196 140 198H100C60 196 24 152 24 96Z', lit) +
  shape('M170 96H216C216 152 180 196 140 198H112C152 184 170 146 170 96Z', dark) +
  shape('M88 196H152L158 208H82Z', deep) +
  `<ellipse cx="120" cy="96" rx="96" ry="24" fill="${light}"/><ellipse cx="120" cy="98" rx="84" ry="18" fill="${dark}"/>` +
  line('M30 124C76 146 164 146 210 124', accent, 6) +
  line('M38 142C80 162 160 162 202 142', accent, 2.5) +
  `<g><circle cx="96" cy="86" r="24" fill="#e2792f"/><circle cx="136" cy="82" r="25" fill="#ecb23a"/><circle cx="166" cy="92" r="17" fill="#c9442e"/><path d="M136 58C138 50 146 46 154 48C152 56 144 60 136 58Z" fill="#6f9452"/></g>` +
  shape('M112 114H166C158 116 80 118 40 104C60 112 90 114 112 114Z', dark)

const blanket: Drawing = ({ main, dark, accent, light, deep }) =>
  [0, 1, 2]
    .map((fold) => {
      const y = 76 + fold * 42
      const fill = ['url(#lit)', main, dark][fold]!
      return (
        `<path d="M44 ${y}H184C206 ${y} 208 ${y + 42} 184 ${y + 42}H44C30 ${y + 42} 30 ${y} 44 ${y}Z" fill="${fill}"/>` +
        line(`M50 ${y + 14}H188M50 ${y + 28}H188`, fold === 1 ? light : accent, fold === 1 ? 3 : 5)
      )
    })
    .join('') +
  line('M40 118H194M40 160H194', deep, 2) +
  `<g stroke="${accent}" stroke-width="4" stroke-linecap="round"><path d="M56 204V210M72 204V213M88 204V210M104 204V213M120 204V210M136 204V213M152 204V210M168 204V213M182 204V210"/></g>` +
  shape('M44 80H150C110 86 76 92 46 104C36 100 36 82 44 80Z', gleam)

export const home = { lamp, mug, vase, cushion, candle, plant, clock, chair, bowl, blanket }
