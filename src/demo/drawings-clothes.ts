/** What one wears besides shoes. */
import type { Drawing } from './shades.js'
import { gleam, line, lit, seam, shape } from './shades.js'

const torso =
  'M88 46C98 40 142 40 152 46L190 62C200 67 206 76 208 88L218 176C219 184 214 189 206 190L188 192C184 192 181 190 180 186L172 122V196C172 203 168 206 162 206H78C72 206 68 203 68 196V122L60 186C59 190 56 192 52 192L34 190C26 189 21 184 22 176L32 88C34 76 40 67 50 62Z'

const jacket: Drawing = ({ dark, deep, accent, light }) =>
  shape(torso, lit) +
  shape(
    'M50 62L88 46C84 70 74 94 68 122L60 186C59 190 56 192 52 192L34 190C26 189 21 184 22 176L32 88C34 76 40 67 50 62Z',
    dark,
  ) +
  shape(
    'M190 62L152 46C156 70 166 94 172 122L180 186C181 190 184 192 188 192L206 190C214 189 219 184 218 176L208 88C206 76 200 67 190 62Z',
    dark,
  ) +
  shape('M86 48C92 22 148 22 154 48C148 62 136 70 120 70C104 70 92 62 86 48Z', deep) +
  shape('M94 46C98 32 142 32 146 46C140 56 132 60 120 60C108 60 100 56 94 46Z', '#15181b') +
  line('M120 68V204', accent, 4) +
  `<rect x="116" y="76" width="8" height="16" rx="3" fill="#eceff0"/>` +
  line('M84 140L100 164M156 140L140 164', accent, 4) +
  line('M80 92C92 84 104 82 112 82M160 92C148 84 136 82 128 82', light, 3) +
  `<path d="M142 106L149 94L156 106Z" fill="${accent}"/>` +
  seam('M72 196H168', light) +
  shape('M76 70C88 76 100 76 112 78V120C96 116 84 112 74 112Z', gleam)

const hoodie: Drawing = ({ dark, deep, accent, light }) =>
  shape(torso, lit) +
  shape(
    'M84 50C82 22 100 14 120 14C140 14 158 22 156 50C150 70 136 84 120 90C104 84 90 70 84 50Z',
    dark,
  ) +
  shape(
    'M96 50C94 32 106 26 120 26C134 26 146 32 144 50C140 62 130 70 120 74C110 70 100 62 96 50Z',
    deep,
  ) +
  line('M108 76L106 116M132 76L134 112', '#f3f1ea', 4) +
  shape('M84 146H156L168 186C169 191 166 194 162 194H78C74 194 71 191 72 186Z', dark) +
  seam('M86 150H154M78 188H162', light) +
  shape('M68 196H172C172 203 168 206 162 206H78C72 206 68 203 68 196Z', deep) +
  shape(
    'M22 176L36 178L60 182C59 190 57 192 52 192L34 190C26 189 21 184 22 176ZM218 176L204 178L180 182C181 190 183 192 188 192L206 190C214 189 219 184 218 176Z',
    deep,
  ) +
  line('M68 122L74 92M172 122L166 92', dark, 3) +
  `<path d="M96 130L108 108L116 122L124 110L136 130Z" fill="${accent}"/>` +
  shape('M52 66L82 56C86 72 92 80 102 88C84 96 74 104 66 118L44 112C44 92 46 74 52 66Z', gleam)

const shirt: Drawing = ({ dark, deep, accent, light }) =>
  shape(
    'M84 40C96 52 144 52 156 40L188 52C194 54 198 58 201 64L220 104C222 109 220 113 215 115L190 124C186 125 183 124 181 120L174 106V196C174 203 170 206 164 206H76C70 206 66 203 66 196V106L59 120C57 124 54 125 50 124L25 115C20 113 18 109 20 104L39 64C42 58 46 54 52 52Z',
    lit,
  ) +
  shape(
    'M66 106L72 70L39 64L20 104C18 109 20 113 25 115L50 124C54 125 57 124 59 120ZM174 106L168 70L201 64L220 104C222 109 220 113 215 115L190 124C186 125 183 124 181 120Z',
    dark,
  ) +
  line('M84 42C96 58 144 58 156 42', deep, 6) +
  line('M20 106L58 120M220 106L182 120', accent, 5) +
  `<g fill="none" stroke="${accent}" stroke-width="7" stroke-linejoin="round"><path d="M66 142L92 118L112 142L134 112L174 150"/></g>` +
  `<g fill="none" stroke="${light}" stroke-width="3" stroke-linejoin="round"><path d="M66 158L92 134L112 158L134 128L174 166"/></g>` +
  seam('M70 198H170', light) +
  shape('M60 60L84 50C92 60 106 64 116 64C96 76 80 86 72 100Z', gleam)

const shorts: Drawing = ({ dark, deep, accent, light }) =>
  shape(
    'M58 54H182C187 54 190 57 191 62L214 176C215 182 212 187 206 188L144 196C139 197 136 194 135 189L120 120L105 189C104 194 101 197 96 196L34 188C28 187 25 182 26 176L49 62C50 57 53 54 58 54Z',
    lit,
  ) +
  shape(
    'M49 62L26 176C25 182 28 187 34 188L52 190C52 150 58 110 70 76ZM191 62L214 176C215 182 212 187 206 188L188 190C188 150 182 110 170 76Z',
    accent,
  ) +
  shape('M56 44H184C188 44 190 47 190 51L192 72H48L50 51C50 47 52 44 56 44Z', dark) +
  seam('M52 62H188', light) +
  line('M114 66L106 104M126 66L132 100', '#f6f4ee', 4) +
  line('M120 72V120', deep, 3) +
  shape('M76 78H112C108 104 94 134 70 150C70 122 72 98 76 78Z', gleam)

const cap: Drawing = ({ dark, deep, accent, light }) =>
  shape('M40 150C36 92 66 58 112 58C158 58 188 92 186 148C150 134 88 134 40 150Z', lit) +
  shape('M112 58C98 80 92 106 92 139C74 141 56 145 40 150C36 92 66 58 112 58Z', dark) +
  line('M112 58C134 80 144 106 146 140M112 58C98 80 92 106 92 139', deep, 2) +
  shape(
    'M92 140C124 134 160 138 186 148C210 152 226 164 230 176C232 182 226 184 220 182C180 170 130 170 92 176C84 170 84 148 92 140Z',
    dark,
  ) +
  shape('M92 168C130 160 186 160 229 178C230 182 225 184 220 182C180 170 130 170 92 176Z', deep) +
  `<ellipse cx="112" cy="58" rx="9" ry="5" fill="${accent}"/>` +
  `<rect x="104" y="88" width="36" height="32" rx="8" fill="${accent}"/><path d="M111 114L122 95L133 114Z" fill="#fff" opacity=".92"/>` +
  seam('M98 150C134 144 176 150 214 164', light) +
  shape('M52 138C52 100 70 74 98 66C84 86 78 110 80 134C70 136 60 138 52 138Z', gleam)

const beanie: Drawing = ({ dark, accent, accentDark, light }) =>
  `<circle cx="120" cy="44" r="24" fill="${accent}"/><path d="M104 34l10 8m8-20l-2 14m20-6l-10 10m8 8l-14-2m-8 12l4-12" stroke="${accentDark}" stroke-width="3" stroke-linecap="round"/>` +
  shape('M50 152C48 92 78 60 120 60C162 60 192 92 190 152Z', lit) +
  `<g fill="none" stroke="${dark}" stroke-width="3" opacity=".55"><path d="M120 62V150M96 66C84 92 80 120 80 150M144 66C156 92 160 120 160 150M76 80C62 104 60 128 60 150M164 80C178 104 180 128 180 150"/></g>` +
  shape('M56 118C96 106 144 106 184 118L188 136C146 122 94 122 52 136Z', accent) +
  `<rect x="42" y="146" width="156" height="50" rx="16" fill="${dark}"/>` +
  `<g stroke="${light}" stroke-width="3" opacity=".45" stroke-linecap="round"><path d="M62 154V188M82 154V188M102 154V188M122 154V188M142 154V188M162 154V188M180 154V188"/></g>` +
  shape('M62 110C68 88 84 74 106 68C92 88 86 104 84 120Z', gleam)

export const clothes = { jacket, hoodie, shirt, shorts, cap, beanie }
