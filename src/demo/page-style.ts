import type { DemoShop } from './shops.js'

/** The style sheet of a demo shop's pages; its colours are `--p` primary, `--b` ground, `--t` text. */
export const styleSheet = ({ colours }: DemoShop): string =>
  `:root{--p:${colours.primary};--b:${colours.background};--t:${colours.text}}\n${rules}`

const rules = `*{box-sizing:border-box}[hidden]{display:none!important}
body{display:flex;flex-direction:column;min-height:100vh;margin:0;background:var(--b);color:var(--t);font:16px/1.5 -apple-system,"Segoe UI",Roboto,Arial,sans-serif}
a{color:inherit;text-decoration:none}:focus-visible{outline:3px solid var(--p);outline-offset:2px}.top :focus-visible{outline-color:#fff}
h1,h2{line-height:1.15;letter-spacing:-.01em;text-wrap:balance}main h1{margin:36px 0 20px;font-size:clamp(26px,3.4vw,38px)}
button,input{font:inherit;color:inherit}button{cursor:pointer}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;z-index:9;padding:8px 14px;border-radius:8px;background:#fff}
.in{max-width:1160px;margin:0 auto;padding:0 20px}.narrow{max-width:560px;margin:0 auto}
.icon{width:24px;height:24px;flex:none;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}

.top{background:var(--p);color:#fff}
.top .in{display:grid;grid-template-columns:auto minmax(0,480px) auto;justify-content:space-between;align-items:center;gap:10px 28px;padding-top:14px;padding-bottom:12px}
.home img{display:block;height:36px;width:auto}
.search{display:flex;height:44px;border-radius:99px;background:#fff;color:var(--t)}
.search input{flex:1;min-width:0;padding:0 8px 0 20px;border:0;border-radius:99px;background:none;outline-offset:-3px}.search input::placeholder{color:#5b6660}
.search button{width:48px;padding:0;border:0;border-radius:99px;background:none;color:var(--p)}.search .icon{margin:auto;display:block}
.search :focus-visible,.search button:focus-visible{outline-color:var(--p)}
.own{display:flex;gap:6px}.own a{position:relative;display:flex;align-items:center;gap:10px;padding:8px 10px;border-radius:99px;font-size:15px}
.own a:hover,.top nav a:hover,.top nav [aria-current]{background:#fff2}
.own b{position:absolute;left:24px;top:-1px;min-width:18px;padding:0 5px;border-radius:99px;background:#fff;color:var(--p);font-size:12px;line-height:18px;text-align:center}
.top nav{grid-column:1/-1;display:flex;gap:4px;margin:0 -13px;overflow-x:auto;scrollbar-width:none}
.top nav a{padding:5px 13px;border-radius:99px;font-size:15px;white-space:nowrap}

.hero{background:var(--p);color:#fff}
.hero .in{display:grid;grid-template-columns:1.1fr 1fr;align-items:center;gap:24px;padding-top:20px;padding-bottom:52px}
main .hero h1{margin:0 0 12px;font-size:clamp(32px,5vw,54px)}.hero p{margin:0;max-width:30em;font-size:18px;opacity:.9}
.hero div div{display:grid;grid-template-columns:repeat(3,1fr);gap:12px}.hero div a{padding:10px;border-radius:18px;background:#fff}
.hero div a:nth-child(2){transform:translateY(20px)}.hero img{display:block;width:100%;height:auto}.hero :focus-visible{outline-color:#fff}
h2{margin:44px 0 16px;font-size:24px}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:16px}
.card{position:relative;display:flex;flex-direction:column;gap:4px;padding:14px 16px 16px;border-radius:18px;background:#fff;transition:box-shadow .15s,transform .15s}
.card:hover{box-shadow:0 10px 30px #0b14201f;transform:translateY(-2px)}.card img{display:block;width:100%;height:auto}
.card .title{font-size:15px;line-height:1.35;overflow-wrap:anywhere}.card small{color:#56615b}.card .quiet{align-self:start}.price{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 8px;margin-top:auto;padding-top:6px;font-weight:700;font-size:18px}
s{font-weight:400;font-size:.8em;color:#606a65}.now{color:#c01a28}
.badge{position:absolute;top:12px;left:12px;padding:1px 9px;border-radius:99px;background:#c01a28;color:#fff;font-size:13px;font-weight:700}
.out img{opacity:.5}

.button{display:inline-flex;align-items:center;justify-content:center;gap:10px;min-height:48px;padding:10px 26px;border:2px solid var(--p);border-radius:99px;background:var(--p);color:#fff;font-weight:700;transition:filter .15s}
.button:hover{filter:brightness(1.18)}
.quiet,.more{padding:6px 2px;border:0;background:none;color:inherit;text-decoration:underline;text-underline-offset:3px}.quiet{font-size:15px}
.path{display:flex;flex-wrap:wrap;gap:6px;margin:22px 0 14px;font-size:14px}.path a{text-decoration:underline;text-underline-offset:3px}
.product{display:grid;grid-template-columns:1.1fr 1fr;gap:40px;padding:32px;border-radius:24px;background:#fff}
.picture{position:relative}.picture img{display:block;width:100%;height:auto;max-width:460px;margin:auto}
main .product h1{margin:8px 0 14px;font-size:clamp(24px,3vw,34px)}
.product .price{padding:0;font-size:32px}
.buying{display:flex;gap:12px;margin:24px 0 0}.buying .button{flex:1;max-width:340px}
.heart{width:48px;height:48px;padding:0;border:2px solid #0002;border-radius:99px;background:#fff;color:var(--p)}.heart .icon{display:block;margin:auto}.heart:hover{border-color:var(--p)}.heart[aria-pressed=true] .icon{fill:currentColor}
.notify h2{margin:20px 0 8px;font-size:18px}.notify div{display:flex;flex-wrap:wrap;gap:8px}.notify input{flex:1;min-width:180px}.notify label{display:block;font-size:14px}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 20px;margin:24px 0 0;font-size:14px}dt{color:#56615b}dd{margin:0}
.stock{display:inline-block;margin:18px 0 0;padding:5px 14px;border-radius:99px;background:var(--b);font-size:14px;font-weight:600}

.cart{display:grid;grid-template-columns:minmax(0,1fr) 320px;gap:20px;align-items:start}
.lines{display:grid;gap:12px;margin:0;padding:0;list-style:none}
.line{display:grid;grid-template-columns:96px minmax(0,1fr) auto 110px auto;align-items:center;gap:8px 18px;padding:10px 20px 10px 12px;border-radius:18px;background:#fff}
.line img{display:block}.line .price{justify-content:end;margin:0;padding:0}
.count{display:flex;align-items:center;border:1px solid #0003;border-radius:99px}.count button{width:40px;height:40px;padding:0;border:0;border-radius:99px;background:none;font-size:20px}.count button:hover{background:var(--b)}.count output{min-width:24px;text-align:center;font-weight:700}
.sum{padding:22px 24px;border-radius:18px;background:#fff}.sum dl{margin:0;font-size:16px;grid-template-columns:1fr auto;gap:10px}.sum dd{text-align:right}.sum dd:last-of-type{font-size:22px;font-weight:700}.sum .button{width:100%;margin-top:18px}
.sum ul{display:grid;gap:10px;margin:0 0 18px;padding:0 0 18px;border-bottom:1px solid #0002;list-style:none;font-size:15px}
.form{padding:24px;border-radius:18px;background:#fff}.form p{margin:0 0 16px}.form label{display:block;margin-bottom:4px;font-size:15px;font-weight:600}.two{display:grid;grid-template-columns:1fr 2fr;align-items:end;gap:14px}
.form input:not([type=checkbox]),.notify input{width:100%;height:48px;padding:0 14px;border:1px solid #6f7a74;border-radius:12px;background:#fff}
.form label.check{display:flex;gap:10px;font-weight:400}[type=checkbox]{width:20px;height:20px;margin:2px 0 0;flex:none;accent-color:var(--p)}
.thanks{margin-top:40px;padding:28px 40px 36px;border-radius:24px;background:#fff}

.consent{position:fixed;z-index:5;left:20px;bottom:20px;width:min(460px,calc(100vw - 40px));max-height:calc(100vh - 40px);overflow:auto;padding:22px 26px 20px;border-radius:22px;background:#fff;box-shadow:0 18px 60px #0b142047}
body:has(.consent:not([hidden])){padding-bottom:320px}.consent h2{margin:0 0 8px;font-size:20px}.consent p{margin:0 0 16px;font-size:15px}.consent label{display:flex;gap:10px;margin-bottom:12px;font-size:15px}
.consent fieldset{margin:0 0 12px;padding:0;border:0}.answers{display:grid;grid-template-columns:1fr 1fr;gap:8px 10px}.answers .quiet{grid-column:1/-1}.consent .button{width:100%;padding:8px 14px}
.toast{position:fixed;white-space:nowrap;z-index:6;left:50%;bottom:28px;margin:0;padding:12px 24px;border-radius:99px;background:var(--t);color:#fff;font-weight:600;transform:translate(-50%,12px);opacity:0;pointer-events:none;transition:opacity .2s,transform .2s}
.toast.on{opacity:1;transform:translate(-50%,0)}
[data-grosz-slot]{margin:36px 0 0;min-height:405px;--grosz-name-lines:3;--grosz-card-background:#fff;--grosz-radius:18px;--grosz-card-padding:14px 16px 16px;--grosz-image-background:none;--grosz-title-size:24px;--grosz-sale-color:#c01a28;--grosz-focus:3px solid var(--p)}
@media(max-width:999px){[data-grosz-slot]{min-height:calc((100vw - 88px)/4 + 195px)}}@media(max-width:743px){[data-grosz-slot]{--grosz-bleed:16px;min-height:calc((100vw - 67px)/3.2 + 195px)}}@media(max-width:511px){[data-grosz-slot]{margin-top:20px;--grosz-card-padding:10px 12px 12px;min-height:calc((100vw - 46px)/2.2 + 195px)}}
[data-grosz-slot]::part(old){color:#606a65}
main{margin-bottom:64px}footer{margin-top:auto;padding:22px 0 34px;border-top:1px solid #0002;font-size:14px}footer .in{width:100%}footer p{margin:0 0 6px}footer a,footer button{padding:6px 0;margin-right:18px;border:0;background:none;text-decoration:underline;text-underline-offset:3px}
@media(max-width:860px){.cart{grid-template-columns:1fr}.own span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.own a{padding:10px}}
@media(max-width:720px){.top .in{grid-template-columns:1fr auto;column-gap:8px}.own{gap:0}.search{grid-row:2;grid-column:1/-1}.in{padding-left:16px;padding-right:16px}.hero .in,.product{grid-template-columns:minmax(0,1fr)}.product{gap:16px;padding:20px}.picture img{max-width:320px}
.grid{grid-template-columns:repeat(2,minmax(0,1fr));gap:10px}.card{padding:10px 12px 12px}.badge{top:8px;left:8px}
.line{grid-template-columns:72px minmax(0,1fr) auto;padding:10px 14px 10px 8px}.line img{width:72px;height:72px}.line>a:first-child{grid-row:1/3}.line .title{grid-column:2/-1}.line .price{align-self:center}.line .quiet{grid-column:2/-1;justify-self:start}
.thanks{padding:16px 24px 28px}.two{grid-template-columns:1fr 1.2fr}.buying .button{padding:10px 16px}.consent .button{padding:8px 4px;font-size:15px}.consent{left:10px;bottom:10px;width:calc(100vw - 20px);padding:18px 20px 14px}}
@media(prefers-reduced-motion:reduce){*{transition:none!important}}
`
