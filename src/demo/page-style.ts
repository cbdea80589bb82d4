/** The style of the demo shops' pages; the shop's colours are `--p` primary, `--b` ground, `--t` text. */
export const pageStyle = `*{box-sizing:border-box}
body{margin:0;background:var(--b);color:var(--t);font:16px/1.5 -apple-system,"Segoe UI",Roboto,Arial,sans-serif}
a{color:inherit;text-decoration:none}a:focus-visible{outline:3px solid var(--p);outline-offset:2px}
h1,h2{line-height:1.15;letter-spacing:-.01em;text-wrap:balance}
.in{max-width:1160px;margin:0 auto;padding:0 20px}
.top{background:var(--p);color:#fff}.top .in{display:flex;flex-wrap:wrap;align-items:center;gap:8px 28px;padding-top:16px;padding-bottom:16px}
.top img{display:block;height:36px}nav{display:flex;flex-wrap:wrap;gap:4px}
nav a{padding:5px 13px;border-radius:99px;font-size:15px}nav a:hover,nav .on{background:#fff2}
.hero{background:var(--p);color:#fff}.hero .in{display:grid;grid-template-columns:1.1fr 1fr;align-items:center;gap:24px;padding-top:28px;padding-bottom:52px}
.hero h1{margin:0 0 12px;font-size:clamp(32px,5vw,54px)}.hero p{margin:0;max-width:30em;font-size:18px;opacity:.9}
.hero div div{display:grid;grid-template-columns:repeat(3,1fr);gap:12px}.hero div a{padding:10px;border-radius:18px;background:#fff}
.hero div a:nth-child(2){transform:translateY(20px)}.hero img{display:block;width:100%;height:auto}
h2{margin:44px 0 16px;font-size:24px}.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:16px}
.card{position:relative;display:flex;flex-direction:column;gap:4px;padding:14px 16px 16px;border-radius:18px;background:#fff;transition:box-shadow .15s,transform .15s}
.card:hover{box-shadow:0 10px 30px #0b14201f;transform:translateY(-2px)}.card img{display:block;width:100%;height:auto}
.card .title{font-size:15px;line-height:1.35}.card small{opacity:.7}.price{margin-top:auto;padding-top:6px;font-weight:700;font-size:18px}
s{margin-left:8px;font-weight:400;font-size:.8em;opacity:.7}.now{color:#c81e2b}
.badge{position:absolute;top:12px;left:12px;padding:1px 9px;border-radius:99px;background:#c81e2b;color:#fff;font-size:13px;font-weight:700}
.out{opacity:.55}.path{display:flex;flex-wrap:wrap;gap:6px;margin:22px 0 14px;font-size:14px}.path a{text-decoration:underline;text-underline-offset:3px}
.product{position:relative;display:grid;grid-template-columns:1.1fr 1fr;gap:40px;padding:32px;border-radius:24px;background:#fff}
.product img{display:block;width:100%;height:auto;max-width:460px;margin:auto}.product h1{margin:8px 0 14px;font-size:clamp(24px,3vw,34px)}
.product .price{padding:0;font-size:32px}dl{display:grid;grid-template-columns:auto 1fr;gap:4px 20px;margin:24px 0 0;font-size:14px}
dt{opacity:.7}dd{margin:0}.stock{display:inline-block;margin:18px 0 0;padding:5px 14px;border-radius:99px;background:var(--b);font-size:14px;font-weight:600}
footer{margin-top:56px;padding:22px 0 34px;border-top:1px solid #0001;font-size:14px;opacity:.75}
@media(max-width:720px){nav{margin:0 -13px}.hero .in,.product{grid-template-columns:1fr}.product{gap:16px;padding:20px}.grid{grid-template-columns:repeat(2,1fr);gap:10px}.card{padding:10px 12px 12px}}`
