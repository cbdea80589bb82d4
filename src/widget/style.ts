import { safely } from '../tag/reading.js'
import { make } from './element.js'

/**
 * How the widget looks in its shadow, where the page's style doesn't reach but through `--grosz-…` and parts.
 * Colours are the page's own, so that what can be read there can be read here.
 *
 * Everything that an answer fills has its room before: cards are as high empty as they are full.
 */
const rules = `:host{display:block}
.stack{display:grid;container-type:inline-size}
.stack>*{grid-area:1/1;min-width:0}
.box{--n:var(--grosz-columns,2.2);--g:var(--grosz-gap,.75rem);line-height:1.35}
@supports not (container-type:inline-size){.item{max-width:14rem}}
@container(max-width:15rem){.box{--n:var(--grosz-columns,1.4)}}
@container(min-width:30rem){.box{--n:var(--grosz-columns,3.2);--g:var(--grosz-gap,1rem)}}
@container(min-width:44rem){.box{--n:var(--grosz-columns,4)}}
@container(min-width:60rem){.box{--n:var(--grosz-columns,5)}}
@container(min-width:76rem){.box{--n:var(--grosz-columns,6)}}
.top{display:flex;align-items:end;justify-content:space-between;gap:1rem;min-height:max(2.75rem,var(--grosz-title-size,1.375rem)*2.4);margin-bottom:1rem}
@container(min-width:36rem){.top{align-items:center}}
.title{margin:0;font-size:var(--grosz-title-size,1.375rem);font-weight:700;line-height:1.2;overflow-wrap:anywhere;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.buttons{display:none;gap:.5rem;visibility:hidden}
@media(hover:hover)and (pointer:fine){@container(min-width:30rem){.buttons{display:flex}}}
.moves .buttons{visibility:visible}
.button{flex:none;display:grid;place-items:center;width:2.75rem;height:2.75rem;padding:0;border:1.5px solid;border-radius:50%;background:none;color:inherit;cursor:pointer}
.button::before{content:"";width:.5rem;height:.5rem;border:solid;border-width:2px 2px 0 0;transform:translateX(-.125rem) rotate(45deg)}
.back::before{transform:translateX(.125rem) rotate(-135deg)}
.button[aria-disabled=true]{opacity:.35;cursor:default}
.rtl .button{transform:scaleX(-1)}
.row{--e:var(--grosz-bleed,0px);position:relative;display:flex;gap:var(--g);margin:-.375rem calc(-1*var(--e));padding:.375rem var(--e);list-style:none;overflow-x:auto;overscroll-behavior-x:contain;scroll-snap-type:x proximity;scroll-padding-inline:var(--e);scrollbar-width:none}
.row::-webkit-scrollbar{display:none}
.item{position:relative;box-sizing:border-box;flex:0 0 calc((100% + var(--g))/var(--n) - var(--g));min-width:0;scroll-snap-align:start}
.grid .row{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(50% - var(--g)/2,var(--grosz-card-width,12rem)),1fr));overflow:visible}
.card{display:flex;flex-direction:column;box-sizing:border-box;height:100%;padding:var(--grosz-card-padding,0);border-radius:var(--grosz-radius,.75rem);background:var(--grosz-card-background,none);color:inherit;text-decoration:none}
.card:hover .name{text-decoration:underline}
:focus-visible{outline:var(--grosz-focus,2px solid);outline-offset:2px}
.card:focus-visible{outline-offset:-3px}
.image{display:block;margin-bottom:.625rem;aspect-ratio:var(--grosz-image-ratio,1);border-radius:var(--grosz-radius,.75rem);background:var(--grosz-image-background,#8882);overflow:hidden}
img{display:block;width:100%;height:100%;object-fit:var(--grosz-image-fit,contain)}
.name{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:var(--grosz-name-lines,2);min-height:calc(var(--grosz-name-lines,2)*1.35em);overflow:hidden;overflow-wrap:anywhere;font-size:.9375rem}
.price{display:flex;flex-direction:column;justify-content:end;min-height:3em;margin-top:auto;overflow-wrap:anywhere;font-size:1.0625rem}
.old{font-size:.8em}
.old~.now{color:var(--grosz-sale-color,inherit)}
.hidden{position:absolute;width:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`

let sheet: CSSStyleSheet | null = null

/** Constructed sheets come under no policy for inline styles; browsers of before have a `<style>`. */
export function dress(shadow: ShadowRoot): void {
  const isDressed = safely(() => {
    if (!sheet) {
      const made = new CSSStyleSheet()
      made.replaceSync(rules)
      sheet = made
    }
    shadow.adoptedStyleSheets = [sheet]
    return true
  })
  if (!isDressed) shadow.append(make('style', '', {}, rules))
}
