//! Curves: what changes from epoch to epoch.

use plotters::chart::{ChartBuilder, SeriesLabelPosition};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::PathElement;
use plotters::prelude::SVGBackend;
use plotters::series::LineSeries;
use plotters::style::{BLACK, Color, RGBColor, WHITE};

use super::error::ReportError;
use super::range::{around, is_shown};

/// Pixels of a panel.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 260;

/// Colours that are told apart by those who see no red or no green (Okabe and Ito, 2008).
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

/// A curve with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is called in the legend.
    pub name: String,
    /// Across and up. What is not finite is left out.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// A curve through points.
    #[must_use]
    pub fn new(name: impl Into<String>, points: impl Into<Vec<(f64, f64)>>) -> Self {
        Self { name: name.into(), points: points.into() }
    }

    fn shown(&self) -> impl Iterator<Item = (f64, f64)> {
        self.points.iter().copied().filter(|&(x, y)| is_shown(x) && is_shown(y))
    }
}

/// Curves over the same axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// What stands above.
    pub title: String,
    /// What stands below the axis across.
    pub across: String,
    /// The curves.
    pub series: Vec<Series>,
}

impl Panel {
    /// Curves over the same axes.
    #[must_use]
    pub fn new(title: impl Into<String>, across: impl Into<String>, series: Vec<Series>) -> Self {
        Self { title: title.into(), across: across.into(), series }
    }
}

/// The panels, one below the other, as SVG.
///
/// ```
/// use tapeless::report::{Panel, Series, svg};
///
/// let rate = Series::new("learning rate", [(1.0, 0.1), (2.0, 0.05), (3.0, 0.025)]);
/// let picture = svg(&[Panel::new("Learning rate", "epoch", vec![rate])])?;
/// assert!(picture.contains("Learning rate"));
/// # Ok::<(), tapeless::report::ReportError>(())
/// ```
///
/// # Errors
/// If they cannot be drawn.
pub fn svg(panels: &[Panel]) -> Result<String, ReportError> {
    let mut picture = String::new();
    let drawn = draw_all(panels, &mut picture);
    drawn.map_err(|error| ReportError::Drawing(error.to_string()))?;
    Ok(picture)
}

/// What a picture in memory could fail by.
type DrawingError = DrawingAreaErrorKind<std::io::Error>;

fn draw_all(panels: &[Panel], picture: &mut String) -> Result<(), DrawingError> {
    let count = panels.len().max(1);
    let height = u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(HEIGHT);
    let area = SVGBackend::with_string(picture, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE)?;
    for (panel, area) in panels.iter().zip(area.split_evenly((count, 1))) {
        draw(panel, &area)?;
    }
    area.present()
}

fn draw(panel: &Panel, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), DrawingError> {
    let points = || panel.series.iter().flat_map(Series::shown);
    let across = around(points().map(|(x, _)| x)).unwrap_or(0.0..1.0);
    let up = around(points().map(|(_, y)| y)).unwrap_or(0.0..1.0);
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(64)
        .build_cartesian_2d(across, up)?;
    chart
        .configure_mesh()
        .x_desc(&panel.across)
        .light_line_style(WHITE)
        .bold_line_style(BLACK.mix(0.12))
        .label_style(("sans-serif", 12))
        .x_label_formatter(&|x| number(*x))
        .y_label_formatter(&|y| number(*y))
        .draw()?;
    for (series, colour) in panel.series.iter().zip(COLOURS.into_iter().cycle()) {
        let line = LineSeries::new(series.shown(), colour.stroke_width(2)).point_size(2);
        let legend = move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2));
        chart.draw_series(line)?.label(&series.name).legend(legend);
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 12))
        .draw()
}

/// A number beside an axis: short, whatever its size.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e6).contains(&size) {
        let text = format!("{value:.4}");
        text.trim_end_matches('0').trim_end_matches('.').into()
    } else {
        format!("{value:.2e}")
    }
}
