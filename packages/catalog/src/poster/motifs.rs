//! The motifs: each a picture of a few flat shapes, 400 wide and 600 high. Colours come as ground, two for shapes, light.

use super::{Chance, Palette, disc, each, line, ring, shape};

/// Layers of cloud, and one small aeroplane.
pub(super) fn sky([_, light, deep, red]: &Palette, chance: &mut Chance) -> String {
    let sun = disc(300, 130, 62, red);
    let clouds = each(0..5, |layer| {
        let y = 250 + layer * 80;
        let left = chance.between(-90, 20);
        let fill = if layer % 2 == 0 { light } else { deep };
        let bumps = each(0..6, |bump| disc(left + bump * 96, y, chance.between(44, 66), fill));
        bumps + &shape(&format!("M-20 {y}h440v{}h-440z", 600 - y), fill)
    });
    let plane = format!(
        r#"<g transform="translate(96 150) rotate(-14)">{}{}{}</g>"#,
        shape("M-44 0q44-14 84-4q10 4 0 8q-40 10-84-4z", deep),
        shape("M-6-2l-22-34h14l34 34z M-6 2l-22 34h14l34-34z", deep),
        shape("M-40-2l-14-18h10l16 18z", deep)
    );
    sun + &clouds + &plane + &line("M40 176q-30 10-60 34", (light, 3))
}

/// A planet with rings, and somebody very small beside it.
pub(super) fn orbit([ground, gold, red, light]: &Palette, chance: &mut Chance) -> String {
    let stars = each(0..46, |star| {
        disc(chance.between(0, 400), chance.between(0, 600), if star % 9 == 0 { 3 } else { 1 }, light)
    });
    let planet = disc(200, 372, 150, red) + &shape("M58 324a150 150 0 0 1 284 0q-142 54-284 0z", gold);
    let rings = each([0, 1, 2], |number| {
        let (rx, ry) = (236 + number * 26, 58 + number * 12);
        format!(
            r#"<ellipse cx="200" cy="372" rx="{rx}" ry="{ry}" fill="none" stroke="{light}" stroke-width="{}" transform="rotate(-16 200 372)"/>"#,
            5 - number
        )
    });
    let front = format!(
        r#"<g clip-path="inset(0)"><path d="M50 372a150 150 0 0 1 300 0z" fill="none"/></g>{}"#,
        shape("M62 318A150 150 0 0 1 338 318Q300 268 200 262Q104 268 62 318z", gold)
    );
    let yarn = ring(292, 126, 26, (red, 5)) + &ring(292, 126, 16, (red, 4)) + &ring(292, 126, 6, (red, 4));
    let thread = line("M266 130Q150 96 120 190T70 250", (red, 3));
    let needles = line("M262 92l62 70M324 90l-64 72", (light, 5));
    stars
        + &planet
        + &rings
        + &front
        + &thread
        + &yarn
        + &needles
        + &disc(70, 250, 9, light)
        + &disc(70, 250, 5, ground)
}

/// A parrot of quarter circles.
pub(super) fn bird([ground, green, red, dark]: &Palette, chance: &mut Chance) -> String {
    let tail = each(0..4, |feather| {
        let x = 118 + feather * 22;
        let end = chance.between(520, 580);
        line(
            &format!("M{x} 430L{} {end}", x - 60),
            ([*green, *red, *dark, *green][usize::try_from(feather).unwrap_or(0)], 20),
        )
    });
    let body = shape("M100 440V250a120 120 0 0 1 240 0a190 190 0 0 1-190 190z", green);
    let wing = shape("M120 430V310a120 120 0 0 1 120 0a120 120 0 0 1-120 120z", dark)
        + &shape("M120 400V320a84 84 0 0 1 84 0a84 84 0 0 1-84 80z", red);
    let head = shape("M340 250a120 120 0 0 0-240 0h120a60 60 0 0 0 60 0z", red);
    let beak = shape("M280 210h84a20 20 0 0 1 20 24a84 84 0 0 1-70 66a90 90 0 0 0-34-90z", dark);
    let eye = disc(244, 206, 28, ground) + &disc(250, 206, 13, dark) + &disc(254, 201, 4, ground);
    let perch = line("M0 462h400", (dark, 12));
    tail + &body + &wing + &head + &beak + &eye + &perch + &line("M180 440v34M214 436v38", (red, 9))
}

/// Rows of waves under a low sun, and a small boat.
pub(super) fn tide([ground, deep, red, light]: &Palette, chance: &mut Chance) -> String {
    let sun = disc(200, 236, 112, red)
        + &each(0..5, |stripe| shape(&format!("M80 {}h240v{}h-240z", 210 + stripe * 26, 3 + stripe * 2), ground));
    let shift = chance.between(0, 60);
    let waves = each(0..6, |row| {
        let y = 330 + row * 52;
        let fill = if row % 2 == 0 { deep } else { light };
        let step = if row % 2 == 0 { 0 } else { 40 };
        each(0..8, |wave| disc(wave * 80 - 60 + step - shift % 40, y + 40, 44, fill))
            + &shape(&format!("M0 {}h400v80h-400z", y + 40), fill)
    });
    let boat = format!(
        r#"<g transform="translate(232 318) rotate(-4)">{}{}{}</g>"#,
        shape("M-46 0h92l-18 30h-58z", red),
        line("M0 0v-74", (deep, 5)),
        shape("M6-70l44 60h-44z", light)
    );
    sun + &boat + &waves
}

/// Rails that meet far away, and a clock without hands.
pub(super) fn rails([_, gold, grey, light]: &Palette, chance: &mut Chance) -> String {
    let glow = shape("M200 270L-60 600h520z", grey);
    let sleepers = each(0..10, |number| {
        let y = 284 + number * number * 3 + number * 8;
        let half = 12 + number * number * 2 + number * 6;
        shape(&format!("M{} {y}h{}v{}h-{}z", 200 - half, 2 * half, 3 + number, 2 * half), "#2f353f")
    });
    let rails = shape("M196 270L96 600h26L199 270z", gold) + &shape("M204 270l100 330h-26L201 270z", gold);
    let clock = disc(200, 150, 92, light) + &ring(200, 150, 78, (gold, 4));
    let marks = each(0..12, |hour| {
        format!(
            r#"<path d="M200 84v{}" stroke="{}" stroke-width="5" transform="rotate({} 200 150)"/>"#,
            if hour % 3 == 0 { 18 } else { 10 },
            "#20242c",
            hour * 30
        )
    });
    let suitcase = format!(
        r#"<g transform="translate({} 500)">{}{}{}</g>"#,
        chance.between(288, 304),
        line("M-16-48v-14h32v14", (light, 6)),
        shape("M-42-48h84a8 8 0 0 1 8 8v58a8 8 0 0 1-8 8h-84a8 8 0 0 1-8-8v-58a8 8 0 0 1 8-8z", "#b5502f"),
        shape("M-30-48h10v74h-10zM20-48h10v74h-10z", "#8a3a20")
    );
    glow + &sleepers + &rails + &clock + &marks + &disc(200, 150, 7, gold) + &suitcase
}

/// Many circles in a row, one of them going its own way.
pub(super) fn coins([_, dark, red, light]: &Palette, chance: &mut Chance) -> String {
    let (gap_x, gap_y) = (chance.between(1, 2), chance.between(1, 3));
    let grid = each(0..24, |number| {
        let (column, row) = (number % 4, number / 4);
        let (x, y) = (65 + column * 90, 75 + row * 90);
        if (column, row) == (gap_x, gap_y) {
            ring(x, y, 34, (dark, 3))
        } else {
            disc(x, y, 36, dark) + &ring(x, y, 27, (light, 2))
        }
    });
    let (x, y) = (65 + gap_x * 90 + 34, 75 + gap_y * 90 + 52);
    let coin = disc(x, y, 40, red)
        + &ring(x, y, 31, (light, 3))
        + &shape(&format!("M{} {}l9 18l20 3l-15 14l4 20l-18-10l-18 10l4-20l-15-14l20-3z", x, y - 27), light);
    grid + &coin
}

/// A floor of dots, ferns and one snail.
pub(super) fn moss([_, green, straw, light]: &Palette, chance: &mut Chance) -> String {
    let ferns = each(0..7, |fern| {
        let (x, top) = (20 + fern * 60, chance.between(90, 250));
        let lean = chance.between(-40, 40);
        let stem = line(&format!("M{x} 470Q{x} {} {} {top}", i64::midpoint(470, top), x + lean), (green, 5));
        let leaves = each(0..9, |leaf| {
            let (cx, cy) = (x + lean * leaf * leaf / 81, 470 - (470 - top) * leaf / 9);
            let r = 26 - leaf * 2;
            shape(&format!("M{cx} {cy}q{r}-{r} {}-{}q-{r} 0-{} {}z", r * 2, r / 2, r * 2, r / 2), green)
                + &shape(&format!("M{cx} {cy}q-{r}-{r}-{}-{}q{r} 0 {} {}z", r * 2, r / 2, r * 2, r / 2), green)
        });
        stem + &leaves
    });
    let floor = shape("M0 470q100-34 200-6t200-10v146H0z", straw);
    let dots = each(0..90, |_| {
        disc(
            chance.between(0, 400),
            chance.between(480, 600),
            chance.between(2, 7),
            ["#23392f", green][usize::try_from(chance.between(0, 1)).unwrap_or(0)],
        )
    });
    let snail = shape("M136 470q6-24 40-24h90q26 0 34-30l12 4q0 50-44 50z", light)
        + &disc(208, 416, 54, "#c2683c")
        + &line("M208 416a14 14 0 1 1 14 14a30 30 0 1 1 20-44a44 44 0 1 1-60 56", (light, 7))
        + &line("M302 422l10-34M312 424l18-28", (light, 5))
        + &disc(312, 386, 5, light)
        + &disc(331, 395, 5, light);
    ferns + &floor + &dots + &snail
}

/// Loaves, stacked.
pub(super) fn loaves([_, crust, brown, light]: &Palette, chance: &mut Chance) -> String {
    let oven = shape("M40 600V250a160 160 0 0 1 320 0v350z", crust)
        + &shape("M72 600V262a128 128 0 0 1 256 0v338z", "#3a1a0c");
    let fire = each(0..5, |flame| {
        let (x, tall) = (104 + flame * 48, chance.between(50, 110));
        shape(&format!("M{} 330q-6-{} 20-{tall}q26 {} 20 {tall}z", x - 20, tall / 2, tall / 2), brown)
            + &shape(
                &format!("M{} 330q-2-{} 8-{}q12 {} 8 {}z", x - 8, tall / 3, tall / 2, tall / 3, tall / 2),
                "#f4b942",
            )
    });
    let bread = each(0..3, |row| {
        each(0..=row, |place| {
            let (x, y) = (200 - row * 62 + place * 124, 392 + row * 78);
            shape(&format!("M{} {y}a56 44 0 0 1 112 0v14a14 14 0 0 1-14 14h-84a14 14 0 0 1-14-14z", x - 56), brown)
                + &line(
                    &format!("M{} {}l12-22M{} {}l12-26M{} {}l12-22", x - 32, y - 4, x - 6, y - 4, x + 20, y - 4),
                    (light, 6),
                )
        })
    });
    oven + &fire + &bread
}

/// A mast that sends, and what comes back.
pub(super) fn mast([_, dark, red, light]: &Palette, chance: &mut Chance) -> String {
    let arcs =
        each(1..8, |number| ring(200, 168, number * 44, (if number == 3 { red } else { light }, 8 - number / 2)));
    let snow = shape("M0 500q90-46 190-20t210-26v146H0z", light);
    let mast = line("M200 168L140 520M200 168l60 352", (dark, 9))
        + &each(0..6, |bar| {
            let (y, half) = (230 + bar * 50, 11 + bar * 9);
            line(
                &format!(
                    "M{} {y}h{}L{} {}M{} {y}L{} {}",
                    200 - half,
                    half * 2,
                    200 - half - 8,
                    y + 48,
                    200 - half,
                    200 + half + 8,
                    y + 48
                ),
                (dark, 4),
            )
        });
    let noise = each(0..26, |number| {
        let tall = chance.between(2, 34);
        line(&format!("M{} {}v{}", 14 + number * 15, 566 - tall, tall * 2), (if number == 17 { red } else { dark }, 4))
    });
    arcs + &snow + &mast + &disc(200, 168, 16, red) + &noise
}

/// A paper boat under a storm the size of a teacup.
pub(super) fn boat([_, sun, light, red]: &Palette, chance: &mut Chance) -> String {
    let cloud = each(0..5, |bump| disc(110 + bump * 45, 150 - (bump % 2) * 26, chance.between(38, 52), light))
        + &shape("M84 150h232v44q-116 18-232 0z", light);
    let bolt = shape("M214 186l-50 84h36l-22 70l74-98h-40l26-56z", sun);
    let rain = each(0..8, |drop| line(&format!("M{} {}l-10 30", 96 + drop * 32, chance.between(214, 250)), (light, 5)));
    let water = each(0..3, |row| {
        let y = 452 + row * 46;
        let path = each(0..6, |_| "q20-26 40 0t40 0".to_owned());
        shape(
            &format!("M-{} {y}{path}V600H-60z", 40 - row * 20),
            ["#1f5571", "#194760", "#123a50"][usize::try_from(row).unwrap_or(0)],
        )
    });
    let paper = format!(
        r#"<g transform="translate(200 420) rotate({})">{}{}{}</g>"#,
        chance.between(-9, -5),
        shape("M-104-16h208l-52 64h-104z", red),
        shape("M0-104l58 88H-58z", light),
        shape("M0-104l58 88H0z", "#d9d3c0")
    );
    rain + &cloud + &bolt + &paper + &water
}

/// Curtains, half open, and a light on nobody yet.
pub(super) fn curtain([ground, red, bright, light]: &Palette, chance: &mut Chance) -> String {
    let beam = format!(r#"<path d="M230 0L70 520h260z" fill="{light}" opacity=".2"/>"#);
    let spot = format!(r#"<ellipse cx="200" cy="520" rx="132" ry="30" fill="{light}"/>"#);
    let floor = shape("M0 488h400v112H0z", "#2a0a13");
    let fold = chance.between(16, 26);
    let half = each(0..5, |pleat| {
        let x = pleat * 34;
        let fill = if pleat % 2 == 0 { red } else { bright };
        shape(&format!("M{x} 0h34q6 300-{} 540q-{fold} 20-{} 0Q{x} 300 {x} 0z", pleat * 22, 34 - pleat * 3), fill)
    });
    let curtains = format!(r#"<g>{half}</g><g transform="translate(400 0) scale(-1 1)">{half}</g>"#);
    let valance = each(0..5, |swag| {
        shape(&format!("M{} 0h84q-8 76-42 76t-42-76z", swag * 80 - 2), bright)
            + &line(&format!("M{} 4q8 74 42 74t42-74", swag * 80 - 2), (light, 4))
    });
    let chair = line("M176 520v-64M224 520v-64M176 488h48M176 456q24-10 48 0M178 470h44", (ground, 7));
    floor + &beam + &spot + &chair + &curtains + &valance
}

/// A stack of paper, a stamp, and an island on the topmost sheet.
pub(super) fn papers([_, deep, red, light]: &Palette, chance: &mut Chance) -> String {
    let stack = each(0..6, |sheet| {
        let turn = chance.between(-9, 9);
        let y = 110 + sheet * 4;
        format!(
            r#"<g transform="rotate({turn} 200 320)"><path d="M72 {y}h256v380h-256z" fill="{}"/></g>"#,
            if sheet % 2 == 0 { "#c9b998" } else { "#efe6d2" }
        )
    });
    let sheet = shape("M72 130h256v380h-256z", light)
        + &each(0..5, |row| line(&format!("M104 {}h{}", 408 + row * 20, chance.between(90, 190)), ("#c9b998", 5)));
    let island =
        each(0..4, |wave| line(&format!("M104 {}q16-14 32 0t32 0t32 0t32 0t32 0t32 0", 330 + wave * 16), (deep, 4)))
            + &shape("M136 324q20-66 66-70t74 70z", deep)
            + &line("M196 256q4-50-12-76", (deep, 7))
            + &each(0..5, |leaf| {
                format!(
                    r#"<path d="M184 182q30-22 56 0q-30-2-56 0z" fill="{deep}" transform="rotate({} 184 182)"/>"#,
                    leaf * 52 - 30
                )
            });
    let stamp = format!(
        r#"<g transform="translate(284 452) rotate(-16)" opacity=".92">{}{}{}</g>"#,
        ring(0, 0, 62, (red, 8)),
        ring(0, 0, 48, (red, 3)),
        shape("M-58-13h116v26h-116z", red)
    );
    stack + &sheet + &island + &stamp
}

/// Arches inside arches.
pub(super) fn arches([_, sun, soft, light]: &Palette, chance: &mut Chance) -> String {
    let turn = chance.between(0, 3);
    each(0..6, |number| {
        let r = 190 - number * 30;
        let fill = [soft, light, sun][usize::try_from((number + turn) % 3).unwrap_or(0)];
        shape(&format!("M{} 600V300a{r} {r} 0 0 1 {} 0v300z", 200 - r, 2 * r), fill)
    }) + &disc(200, chance.between(90, 150), 44, sun)
}
