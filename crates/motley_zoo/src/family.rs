//! Families of things that are made in numbered variants: `living_room_1`, `lane_24`.

/// A family.
pub(crate) trait Family: 'static {
    /// Its name, and how many variants it has.
    fn variants(&self) -> (&'static str, u32);
}

/// The names of all variants.
pub(crate) fn names<F: Family>(families: &'static [F]) -> impl Iterator<Item = String> {
    families.iter().map(Family::variants).flat_map(|(name, count)| (1..=count).map(move |n| format!("{name}_{n}")))
}

/// The family and number that a name stands for, if there is one of this name.
pub(crate) fn find<F: Family>(families: &'static [F], name: &str) -> Option<(&'static F, u32)> {
    let (stem, number) = name.rsplit_once('_')?;
    let family = families.iter().find(|family| family.variants().0 == stem)?;
    let variant: u32 = number.parse().ok()?;
    ((1..=family.variants().1).contains(&variant) && number == variant.to_string()).then_some((family, variant))
}
