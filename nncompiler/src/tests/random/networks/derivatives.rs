//! Derivatives as values. Samples are computed apart between an array and what it is differentiated by.

use super::groups::{DEEPEST, declared, functions};
use super::{Array, LARGEST, Writer, indices};

/// The code of a derivative grows with the fewer of its numbers and those that it is by.
const FEW: usize = 4;

/// The axes of a derivative: a single number has none.
fn shape_of_derivative(of: &[usize], by: &[usize]) -> Vec<usize> {
    let axes = |shape: &[usize]| {
        if shape.iter().product::<usize>() == 1 { Vec::new() } else { shape.to_vec() }
    };
    [axes(of), axes(by)].concat()
}

impl Writer<'_> {
    /// The gradient of a sum over an array, by the array.
    pub fn slope_of_energy(&mut self) {
        let array = self.array();
        let (value, torch) = Self::energy(&array);
        let energy = self.target();
        self.make(Vec::new(), &value, &torch);
        self.mark(&energy);
        let name = &array.name;
        let shape = shape_of_derivative(&[], &array.shape);
        self.make(shape, &format!("d({energy}, {name})"), &format!("derivative({energy}, {name})"));
    }

    /// Each number of what layers make of an array, by each of the array.
    pub fn slope_of_layers(&mut self) {
        let array = self.array();
        let Some(made) = self.layers_of(&array) else { return self.chain_of(&array) };
        let (of, by) = (&made.name, &array.name);
        let shape = shape_of_derivative(&made.shape, &array.shape);
        self.mark(of);
        self.make(shape, &format!("d({of}, {by})"), &format!("derivative({of}, {by})"));
    }

    /// A derivative of a derivative.
    pub fn curvature(&mut self) {
        let array = self.array();
        let Some(made) = self.layers_of(&array) else { return self.chain_of(&array) };
        let (of, by) = (&made.name, &array.name);
        let inner = shape_of_derivative(&made.shape, &array.shape);
        if inner.len() > 4 {
            return self.chain_of(&array);
        }
        let at = indices(&inner);
        let energy = if at.is_empty() {
            format!("d({of}, {by})^2")
        } else {
            format!("sum({at}: d({of}, {by})[{at}]^2)")
        };
        let torch = format!("sums(derivative({of}, {by}) ** 2)");
        self.mark(of);
        let shape = shape_of_derivative(&[], &array.shape);
        self.make(shape, &format!("d({energy}, {by})"), &format!("derivative({torch}, {by})"));
    }

    /// What layers make of an array, each sample by itself.
    fn layers_of(&mut self, array: &Array) -> Option<Array> {
        self.is_apart = true;
        let (layers, shape) = self.layers(&array.shape, 3, DEEPEST);
        let count: usize = shape.iter().product();
        let is_small = count * array.count() <= LARGEST && count.min(array.count()) <= FEW;
        if !is_small || shape.len() + array.shape.len() > 4 {
            return None;
        }
        let name = &array.name;
        let torch = format!("way({})({})", functions(&layers), array.in_torch());
        self.make(shape, &format!("<{}>({name})", declared(&layers)), &torch);
        self.text.arrays.last().cloned()
    }

    fn mark(&mut self, name: &str) {
        for array in self.text.arrays.iter_mut().filter(|array| array.name == name) {
            array.is_read = true;
        }
    }
}
