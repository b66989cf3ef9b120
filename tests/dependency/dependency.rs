//! This package has no dependency by the name `tapeless`: one is renamed, another re-exports it.

mod renamed_dependency {
    renamed::network! {
        pub Net< linear(2, 3); relu; linear(1) >
        pub loss squares(p; t) = (p - t)^2;
    }

    #[test]
    fn networks_find_a_renamed_dependency() {
        use renamed::prelude::*;
        assert_eq!(Net::zeros().as_slice().len(), 13);
        assert!(Squares::default().explain().contains("squares"));
    }
}

mod reexport {
    use wrapper::prelude::*;

    network! {
        pub Net< linear(2, 3); relu; linear(1) >
        #[cfg(all())]
        pub Conditional< linear(2, 3) >
        #[cfg(any())]
        pub Absent< linear(2, 3) >
    }

    #[test]
    fn networks_find_a_reexport() {
        assert_eq!(Net::zeros().as_slice().len(), 13);
        assert_eq!(Conditional::zeros().as_slice().len(), 9);
    }

    #[test]
    fn networks_in_a_function_find_a_reexport() {
        network! { Local< linear(2, 3) > }
        assert_eq!(Local::zeros().as_slice().len(), 9);
    }
}
