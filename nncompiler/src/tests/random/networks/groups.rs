//! Layers one after the other, and groups of them.

use super::layers::Applied;
use super::{LARGEST, Writer};

/// Groups stand in no more groups than this.
pub const DEEPEST: usize = 1;

/// How layers, one after the other, are declared.
pub fn declared(layers: &[Applied]) -> String {
    layers.iter().map(|one| one.layer.as_str()).collect::<Vec<_>>().join("; ")
}

/// The functions that layers are in PyTorch.
pub fn functions(layers: &[Applied]) -> String {
    layers.iter().map(|one| one.torch.as_str()).collect::<Vec<_>>().join(", ")
}

impl Writer<'_> {
    /// Some layers, at most so many, and the shape behind them.
    pub fn layers(
        &mut self,
        shape: &[usize],
        most: usize,
        depth: usize,
    ) -> (Vec<Applied>, Vec<usize>) {
        let (mut layers, mut shape) = (Vec::new(), shape.to_vec());
        for _ in 0..self.choices.up_to(most) {
            let (layer, behind) = self.layer_or_group(&shape, depth);
            layers.push(layer);
            shape = behind;
        }
        (layers, shape)
    }

    fn layer_or_group(&mut self, shape: &[usize], depth: usize) -> (Applied, Vec<usize>) {
        if depth == DEEPEST || !self.choices.one_in(5) {
            return self.row(shape);
        }
        let group = match self.choices.below(4) {
            0 => self.residual(shape, depth),
            1 => self.parallel(shape, depth),
            // What is repeated in a group has a label once.
            3 if depth == 0 => self.labelled(shape, depth),
            _ => self.repeated(shape, depth),
        };
        let behind = self.shape_behind(&group.layer, shape);
        if behind.iter().product::<usize>() <= LARGEST { (group, behind) } else { self.row(shape) }
    }

    /// The sum of layers and their input, or of them twice.
    fn residual(&mut self, shape: &[usize], depth: usize) -> Applied {
        let (inner, behind) = self.layers(shape, 2, depth + 1);
        let (layers, functions) = (declared(&inner), functions(&inner));
        if behind == shape {
            let layer = format!("residual {{ {layers} }}");
            return Applied { layer, torch: format!("residual([{functions}], [])") };
        }
        Applied {
            layer: format!("residual {{ {layers} }} shortcut {{ tanh; {layers} }}"),
            torch: format!("residual([{functions}], [torch.tanh, {functions}])"),
        }
    }

    /// Branches from one input.
    fn parallel(&mut self, shape: &[usize], depth: usize) -> Applied {
        let (inner, _) = self.layers(shape, 2, depth + 1);
        let (layers, functions) = (declared(&inner), functions(&inner));
        let (way, joined) =
            *self.choices.pick(&[("", "cat"), ("(sum)", "sum"), ("(product)", "prod")]);
        Applied {
            layer: format!("parallel{way} {{ {{ {layers} }}; {{ {layers}; sigmoid }} }}"),
            torch: format!("parallel('{joined}', [{functions}], [{functions}, torch.sigmoid])"),
        }
    }

    /// The same layers several times, each time a little other.
    fn repeated(&mut self, shape: &[usize], depth: usize) -> Applied {
        let (inner, behind) = self.layers(shape, 2, depth + 1);
        let (layers, functions) = (declared(&inner), functions(&inner));
        if behind == shape {
            let layer = format!("repeat _ in 0..2 {{ {layers} }}");
            return Applied { layer, torch: format!("way({functions}, {functions})") };
        }
        if let [c, l] = *shape
            && l > 1
        {
            let conv = format!("conv1d({c}, 2, dilation = 2^i, padding = 2^i)");
            let module = |dilation: usize| {
                format!("p(nn.Conv1d({c}, {c}, 2, dilation={dilation}, padding={dilation}))")
            };
            return Applied {
                layer: format!("repeat i in 0..2 {{ {conv}; tanh }}"),
                torch: format!("way({}, torch.tanh, {}, torch.tanh)", module(1), module(2)),
            };
        }
        let Some(&n) = shape.last() else { return inner[0].clone() };
        Applied {
            layer: "repeat i in 1..4 { linear(2 * i - 1); tanh }".to_owned(),
            torch: format!(
                "way(p(nn.Linear({n}, 1)), torch.tanh, p(nn.Linear(1, 3)), torch.tanh, \
                 p(nn.Linear(3, 5)), torch.tanh)"
            ),
        }
    }

    /// Layers under one label.
    fn labelled(&mut self, shape: &[usize], depth: usize) -> Applied {
        let (inner, _) = self.layers(shape, 3, depth + 1);
        self.text.labels += 1;
        let label = format!("named_{}", self.text.labels);
        Applied {
            layer: format!("{label}: {{ {} }}", declared(&inner)),
            torch: format!("way({})", functions(&inner)),
        }
    }
}
