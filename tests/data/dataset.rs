//! Columns, batches, orders, parts and folds; every complaint.

use std::collections::BTreeSet;

use allocation_counter::measure;
use tapeless::data::{Column, DatasetError, Kind, Numbers, mask, pad};
use tapeless::prelude::*;

network! {
    Words<input(3): index(5); embedding(2); flatten; linear(2) >

    Both {
        input image[p: 4];
        input body[n: 2];
        output logits = linear(2)(concat(image, body));
    }

    loss weighted(logits[c: C]; label: class, weight) {
        samples = weight;
        y = -log_softmax(logits)[label];
    }
}

/// Sample k has the numbers 10 k and 10 k + 1, and the label k.
fn counted(samples: u16) -> Dataset {
    let numbers: Vec<f32> =
        (0..samples).flat_map(|k| [f32::from(10 * k), f32::from(10 * k + 1)]).collect();
    let labels: Vec<u16> = (0..samples).collect();
    let data = Dataset::new().with_reals("x", 2, numbers).unwrap();
    data.with_integers("y", 1, labels).unwrap()
}

/// That every sample still has the numbers that belong to its label; gives the labels.
fn labels(data: &Dataset) -> Vec<u32> {
    let all = data.all();
    for (x, &y) in all.reals("x").unwrap().chunks(2).zip(all.integers("y").unwrap()) {
        assert_eq!(x, [10.0 * y as f32, 10.0 * y as f32 + 1.0]);
    }
    all.integers("y").unwrap().to_vec()
}

#[test]
fn columns_are_told_apart_by_their_names() {
    let data = counted(3).with_reals("weight", [], [1.0, 2.0, 0.5]).unwrap();
    let data = data.with_labels("kind", ["red", "blue"], [1i64, 0, 1]).unwrap();
    assert_eq!((data.len(), data.columns().len()), (3, 4));
    let kind = data.column("kind").unwrap();
    assert_eq!((kind.kind(), kind.width(), kind.shape()), (Kind::Integers, 1, &[][..]));
    assert_eq!(*kind.numbers(), Numbers::Integers(vec![1, 0, 1]));
    assert_eq!(
        data.to_string(),
        "3 samples\n  x: 2 real numbers\n  y: 1 integers\n  weight: 1 real numbers\n  kind: one of red, blue"
    );
    assert_eq!(data.clone().without("kind").unwrap().columns().len(), 3);
    assert!(Dataset::<f32>::new().is_empty());
}

#[test]
fn classes_are_numbered_in_the_order_of_their_names() {
    let column = Column::<f64>::of_names("kind", ["b", "a", "c", "a"]);
    assert_eq!(column.classes(), ["a", "b", "c"]);
    assert_eq!(*column.numbers(), Numbers::Integers(vec![1, 0, 2, 0]));
}

#[test]
fn what_does_not_fit_is_refused() {
    let fails = |column: Result<Column<f32>, DatasetError>, message: &str| {
        let error = column.and_then(|column| counted(3).with(column)).unwrap_err();
        assert_eq!(error.to_string(), message);
    };
    fails(Column::reals("x", 1, [1.0; 3]), "there is a column `x` already");
    fails(Column::reals("z", 1, [1.0; 4]), "column `z`: expected 3 samples, as in `x`, found 4");
    fails(
        Column::reals("z", [2, 2], [1.0; 13]),
        "column `z`: expected 4 numbers for each sample, found 13 in all",
    );
    fails(
        Column::reals("z", [2, 0], []),
        "column `z`: expected a shape of at least one number, found [2, 0]",
    );
    fails(
        Column::reals("z", [usize::MAX, 2], []),
        &format!("column `z`: expected a shape of at least one number, found [{}, 2]", usize::MAX),
    );
    fails(
        Column::integers("z", 2, [0i8, 1, 2, 3, 4, -5]),
        "column `z`, sample 2: expected integers from 0 to 4294967295, found -5",
    );
    fails(
        Column::integers("z", 1, [0, 1, 1u64 << 32]),
        "column `z`, sample 2: expected integers from 0 to 4294967295, found 4294967296",
    );
    fails(
        Column::labels("z", ["a", "b"], [0u8, 1, 2]),
        "column `z`, sample 2: expected integers from 0 to 1, found 2",
    );
    fails(
        Column::labels("z", [""; 0], [0u8, 1, 2]),
        "column `z`: expected classes for its labels, found none",
    );
    fails(
        Column::integers("z", 0, [0u8]),
        "column `z`: expected a shape of at least one number, found [0]",
    );
}

#[test]
fn what_is_not_there_is_named() {
    let data = counted(3);
    let message = |error: DatasetError| error.to_string();
    let none = "there is no column `z`; there are `x`, `y`";
    assert_eq!(message(data.all().reals("z").unwrap_err()), none);
    assert_eq!(message(data.column("z").unwrap_err()), none);
    assert_eq!(message(data.clone().reals_mut("z").unwrap_err()), none);
    assert_eq!(message(data.clone().without("z").unwrap_err()), none);
    let empty = Dataset::<f32>::new();
    let error = empty.all().reals("z").unwrap_err();
    assert_eq!(message(error), "there is no column `z`; there are no columns");
    assert_eq!(
        message(data.all().reals("y").unwrap_err()),
        "column `y`: expected real numbers, found integers"
    );
    assert_eq!(
        message(data.clone().reals_mut("y").unwrap_err()),
        "column `y`: expected real numbers, found integers"
    );
    assert_eq!(
        message(data.all().integers("x").unwrap_err()),
        "column `x`: expected integers, found real numbers"
    );
    assert_eq!(
        message(data.all().matrix::<Const<3>>("x").unwrap_err()),
        "column `x`: expected 3 numbers in each sample, found 2"
    );
    assert_eq!(message(data.range(2..4).unwrap_err()), "expected samples below 3, found 3");
    assert_eq!(message(data.select(&[0, 3]).unwrap_err()), "expected samples below 3, found 3");
    assert_eq!(
        message(data.select(&[usize::MAX]).unwrap_err()),
        format!("expected samples below 3, found {}", usize::MAX)
    );
    let mut memory = Dataset::new();
    for samples in [&[2, 3][..], &[3, 0], &[usize::MAX], &[usize::MAX - 1, usize::MAX]] {
        assert!(data.gather(samples, &mut memory).is_err());
    }
}

#[test]
fn batches_are_parts_of_the_data() {
    let data = counted(7);
    for (size, expected) in [(3, vec![3, 3, 1]), (7, vec![7]), (9, vec![7]), (0, vec![1; 7])] {
        let batches = data.batches(size);
        assert_eq!(batches.len(), expected.len());
        assert_eq!(batches.map(|batch| batch.len()).collect::<Vec<_>>(), expected);
        let labels: Vec<u32> =
            data.batches(size).flat_map(|batch| batch.integers("y").unwrap().to_vec()).collect();
        assert_eq!(labels, [0, 1, 2, 3, 4, 5, 6]);
    }
    let all = data.all().reals("x").unwrap().as_ptr_range();
    let batch = data.batches(3).nth(1).unwrap();
    assert!(all.contains(&batch.reals("x").unwrap().as_ptr()));
    assert_eq!(Dataset::<f32>::new().batches(usize::MAX).len(), 0);
    assert_eq!(data.batches(usize::MAX).len(), 1);
}

#[test]
fn lists_are_borrowed_where_they_are_ranges() {
    let data = counted(6);
    let all = data.all().reals("x").unwrap().as_ptr_range();
    let mut memory = Dataset::new();
    for (samples, is_borrowed) in
        [(&[2, 3, 4][..], true), (&[5], true), (&[0, 2], false), (&[3, 2], false), (&[1, 1], false)]
    {
        let batch = data.gather(samples, &mut memory).unwrap();
        let labels = batch.integers("y").unwrap().iter().map(|&label| label as usize);
        assert!(labels.eq(samples.iter().copied()));
        assert_eq!(batch.reals("x").unwrap()[0], 10.0 * samples[0] as f32);
        assert_eq!(all.contains(&batch.reals("x").unwrap().as_ptr()), is_borrowed, "{samples:?}");
    }
    assert!(data.gather(&[], &mut memory).unwrap().is_empty());
    assert_eq!(labels(&data.select(&[4, 0, 4]).unwrap()), [4, 0, 4]);
}

#[test]
fn memory_of_another_dataset_is_taken_over() {
    let mut memory = counted(2).with_reals("z", 1, [0.0; 2]).unwrap();
    let data = counted(4);
    let batch = data.gather(&[3, 1], &mut memory).unwrap();
    assert_eq!(batch.integers("y").unwrap(), [3, 1]);
    assert!(batch.reals("z").is_err());
}

#[test]
fn no_batch_after_the_first_allocates() {
    let data = counted(100);
    let order = data.order(&mut seed(1));
    let mut memory = Dataset::new();
    data.gather(&order[..10], &mut memory).unwrap();
    let count = measure(|| {
        for samples in order.chunks(10) {
            data.gather(samples, &mut memory).unwrap();
        }
        for batch in data.batches(10) {
            batch.reals("x").unwrap();
        }
    });
    assert_eq!(count.count_total, 0);
}

#[test]
fn orders_follow_from_seeds() {
    let data = counted(50);
    let mut shuffled = data.clone();
    shuffled.shuffle(&mut seed(4));
    let order = data.order(&mut seed(4));
    let in_order = labels(&shuffled).into_iter().map(|label| label as usize);
    assert!(in_order.eq(order.iter().copied()));
    assert_ne!(order, data.order(&mut seed(5)));
    assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), 50);
    assert_eq!(shuffled, data.select(&order).unwrap());
}

#[test]
fn parts_have_every_sample_once() {
    for (share, first) in [(0.0, 0), (0.29, 3), (0.5, 5), (0.8, 8), (1.0, 10)] {
        let (one, other) = counted(10).split(share, &mut seed(2)).unwrap();
        assert_eq!((one.len(), other.len()), (first, 10 - first));
        let both: BTreeSet<u32> = labels(&one).into_iter().chain(labels(&other)).collect();
        assert_eq!(both.len(), 10);
    }
    let (past, future) = counted(5).split_at(3).unwrap();
    assert_eq!((labels(&past), labels(&future)), (vec![0, 1, 2], vec![3, 4]));
    for share in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let error = counted(4).split(share, &mut seed(0)).unwrap_err();
        assert_eq!(error.to_string(), format!("expected a share from 0 to 1, found {share}"));
    }
    let error = counted(4).split_at(5).unwrap_err();
    assert_eq!(error.to_string(), "expected at most 4 samples in the first part, found 5");
}

#[test]
fn each_sample_is_validated_on_once() {
    let data = counted(11);
    for folds in [2, 3, 11] {
        let pairs: Vec<_> = data.folds(folds, &mut seed(9)).unwrap().collect();
        assert_eq!(pairs.len(), folds);
        let mut validated: Vec<usize> = Vec::new();
        for (train, validation) in &pairs {
            assert!([11 / folds, 11usize.div_ceil(folds)].contains(&validation.len()));
            let both: BTreeSet<_> = train.iter().chain(validation).collect();
            assert_eq!((both.len(), train.len() + validation.len()), (11, 11));
            validated.extend(validation);
        }
        validated.sort_unstable();
        assert_eq!(validated, (0..11).collect::<Vec<_>>());
    }
    for folds in [0, 1, 12] {
        let error = data.folds(folds, &mut seed(0)).err().unwrap();
        assert_eq!(
            error.to_string(),
            format!("expected 2 to 11 folds of 11 samples, found {folds}")
        );
    }
}

#[test]
fn sequences_are_brought_to_one_length() {
    let words = [vec![3u8, 1], vec![], vec![4, 1, 5]];
    assert_eq!(pad(&words, 3, 0).unwrap(), [3, 1, 0, 0, 0, 0, 4, 1, 5]);
    assert_eq!(mask::<f32, u8>(&words, 3).unwrap(), [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    let error = pad(&words, 2, 0).unwrap_err();
    assert_eq!(error.to_string(), "sequence 2: expected at most 2 numbers, found 3");
    assert_eq!(mask::<f64, u8>(&words, 2).unwrap_err(), error);
}

#[test]
fn integers_and_several_columns_are_what_networks_take() {
    let data = counted(4)
        .with_integers("word", 3, [0u8, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1])
        .unwrap()
        .with_reals("image", [2, 2], [0.5; 16])
        .unwrap()
        .with_reals("weight", 1, [1.0, 0.0, 2.0, 1.0])
        .unwrap()
        .with_labels("kind", ["a", "b"], [0u8, 1, 1, 0])
        .unwrap();
    let (words, both) = (Words::new(&mut seed(0)), Both::new(&mut seed(0)));
    let (mut word_pass, mut pass) = (Words::pass(2), Both::pass(2));
    for batch in data.batches(2) {
        let logits = words.forward_batch(batch.integers("word").unwrap(), &mut word_pass).unwrap();
        let loss = logits.loss(CrossEntropy::default(), batch.integers("kind").unwrap()).unwrap();
        loss.backward(&mut Words::zeros());

        let (image, body) = (batch.matrix("image").unwrap(), batch.matrix("x").unwrap());
        let outputs = both.forward_batch(BothInputs { image, body }, &mut pass).unwrap();
        let targets = WeightedTargets {
            label: batch.integers("kind").unwrap(),
            weight: batch.reals("weight").unwrap(),
        };
        assert!(outputs.loss(Weighted::default(), &targets).unwrap().value() > 0.0);
    }
}
