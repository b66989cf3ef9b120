//! What pictures and pages hold, and that no numbers make them panic.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Confusion, Example, Panel, Report, ReportError, Series, svg};

fn panel(points: &[(f64, f64)]) -> Panel {
    Panel::new("Loss & <others>", "epoch", vec![Series::new("training", points)])
}

/// How often a text holds another.
fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn a_picture_has_every_curve_with_its_name() -> Result<(), ReportError> {
    let down = Series::new("training", [(1.0, 0.9), (2.0, 0.5), (3.0, 0.2)]);
    let up = Series::new("validation", [(1.0, 0.8), (2.0, 0.6), (3.0, 0.7)]);
    let rate = Series::new("lr", [(1.0, 1e-3), (2.0, 1e-4)]);
    let picture = svg(&[
        Panel::new("Loss", "epoch", vec![down, up]),
        Panel::new("Learning rate", "epoch", vec![rate]),
    ])?;
    for name in ["Loss", "training", "validation", "Learning rate", "lr", "epoch"] {
        assert!(picture.contains(name), "{name}");
    }
    // A line of each curve, and a mark at each point.
    assert!(count(&picture, "<polyline") >= 3);
    assert_eq!(count(&picture, "<circle"), 8);
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
    Ok(())
}

#[test]
fn names_are_no_markup() -> Result<(), ReportError> {
    let picture = svg(&[panel(&[(1.0, 1.0)])])?;
    assert!(picture.contains("Loss &amp; &lt;others&gt;"));
    assert!(!picture.contains("<others>"));
    Ok(())
}

#[test]
fn no_numbers_make_a_picture_fail() -> Result<(), ReportError> {
    let numbers = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        1e-320,
        1e-300,
        1e300,
        -1e300,
        f64::MAX,
        f64::MIN,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::EPSILON,
        1.0 + f64::EPSILON,
    ];
    svg(&[])?;
    svg(&[panel(&[])])?;
    for a in numbers {
        svg(&[panel(&[(a, a)])])?;
        for b in numbers {
            let picture = svg(&[panel(&[(1.0, a), (2.0, b)])])?;
            let shown = [a, b].iter().filter(|number| number.abs() <= 1e300).count();
            assert_eq!(count(&picture, "<circle"), shown, "{a} {b}");
            svg(&[panel(&[(a, 1.0), (b, 2.0)])])?;
        }
    }
    let many: Vec<_> = (0..20_000).map(|k| (f64::from(k), f64::from(k % 7))).collect();
    svg(&[panel(&many)])?;
    Ok(())
}

#[test]
fn a_page_has_all_sections_and_needs_no_other_file() -> Result<(), ReportError> {
    let page = report()?.to_string();
    for part in [
        "<title>A &lt;test&gt;</title>",
        "<h2>Training</h2>\n<svg",
        "<h2>Confusion matrix</h2>",
        "<th>a&amp;b</th>",
        ">17</td>",
        "<td>94.4%</td>",
        "<h2>Wrong examples</h2>",
        "src=\"data:image/png;base64,iVBORw0KGgo",
        "7 taken for &quot;1&quot;",
        "<h2>Equations</h2>\n<pre>y &lt; 2</pre>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(count(&page, "<img"), 2);
    for address in ["http:", "https:", "src=\"/", "<script", "<link", "@import", "url("] {
        let found = page.replace("http://www.w3.org/2000/svg", "").contains(address);
        assert!(!found, "{address}");
    }
    Ok(())
}

fn report() -> Result<Report, ReportError> {
    let examples = [
        Example {
            caption: "7 taken for \"1\"",
            shape: [1, 2, 3],
            values: &[0., 0.5, 1., 1., 0., 0.],
        },
        Example { caption: "red", shape: [3, 1, 1], values: &[2.0, f32::NAN, -1.0] },
    ];
    Report::new("A <test>")
        .curves(&[panel(&[(1.0, 3.0), (2.0, 1.0)])])?
        .confusion(&Confusion { classes: &["a&b", "c"], counts: &[17, 1, 0, 0] })?
        .wrong_examples(&examples)
        .map(|report| report.text("Equations", "y < 2"))
}

#[test]
fn an_image_comes_back_from_its_page() -> Result<(), Box<dyn Error>> {
    let values: Vec<f32> = (0..18).map(|k| k as f32 / 17.0).collect();
    let example = Example { caption: "", shape: [3, 2, 3], values: &values };
    let address = example.address(0)?;
    let text = address.strip_prefix("data:image/png;base64,").ok_or("no address")?;
    let mut reader = png::Decoder::new(std::io::Cursor::new(decoded(text))).read_info()?;
    let mut bytes = vec![0; 18];
    let info = reader.next_frame(&mut bytes)?;
    assert_eq!((info.width, info.height, info.color_type), (3, 2, png::ColorType::Rgb));
    // The second pixel: the second number of each channel.
    assert_eq!(bytes[3..6], [15, 105, 195]);
    Ok(())
}

/// The bytes that base64 stands for.
fn decoded(text: &str) -> Vec<u8> {
    let six = |character: u8| match character {
        b'A'..=b'Z' => u32::from(character - b'A'),
        b'a'..=b'z' => u32::from(character - b'a') + 26,
        b'0'..=b'9' => u32::from(character - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => 0,
    };
    let bits = |four: &[u8]| four.iter().fold(0, |bits, &character| bits << 6 | six(character));
    text.as_bytes().chunks(4).flat_map(|four| bits(four).to_be_bytes()[1..].to_vec()).collect()
}

#[test]
fn what_does_not_fit_is_refused() {
    let confusion = Confusion { classes: &["a", "b"], counts: &[1, 2, 3] };
    let error = Report::new("").confusion(&confusion).unwrap_err();
    assert_eq!(error.to_string(), "2 classes need 4 counts, but there are 3");
    for shape in [[2, 1, 1], [1, 0, 2], [1, 2, 2], [1, usize::MAX, 2], [3, 1, 1]] {
        let example = Example { caption: "", shape, values: &[0.0, 1.0] };
        let error = Report::new("").wrong_examples(&[example]).unwrap_err();
        let expected =
            "example 0: expected values for 1 or 3 channels, rows and pixels, found 2 for ";
        assert_eq!(error.to_string(), format!("{expected}{shape:?}"));
    }
}

/// A browser that draws a page without a screen, if there is one.
fn browser() -> Option<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "headless_shell",
        "chrome-headless-shell",
    ];
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let named = names.into_iter().map(|name| folders.iter().map(move |folder| folder.join(name)));
    named.flatten().find(|path| path.is_file())
}

#[test]
fn a_browser_shows_the_page() -> Result<(), Box<dyn Error>> {
    let Some(browser) = browser() else {
        println!("skipped: there is no Chromium in PATH");
        return Ok(());
    };
    let folder = std::env::temp_dir().join(format!("report-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let (page, picture) = (folder.join("report.html"), folder.join("report.png"));
    report()?.save(&page)?;
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("--screenshot={}", picture.display()))
        .args(["--window-size=1000,1400", &format!("file://{}", page.display())])
        .output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let colours = colours(&picture)?;
    // The curve, the shade of the matrix, and the text.
    for colour in [[0, 114, 178], [34, 34, 34]] {
        assert!(colours.contains(&colour), "{colour:?}");
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// The colours of a picture's pixels.
fn colours(path: &Path) -> Result<std::collections::HashSet<[u8; 3]>, Box<dyn Error>> {
    let file = std::io::BufReader::new(std::fs::File::open(path)?);
    let mut reader = png::Decoder::new(file).read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let info = reader.next_frame(&mut bytes)?;
    let size = info.color_type.samples();
    Ok(bytes.chunks_exact(size).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect())
}
