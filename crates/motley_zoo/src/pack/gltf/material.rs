//! glTF materials → surfaces, and glTF images → textures.

use std::sync::Arc;

use bevy_math::{Affine2, Vec2, ops};
use gltf::material::AlphaMode;
use gltf::texture::Info;

use super::notes::Notes;
use super::source::Source;
use crate::model::{Surface, Texture};
use crate::pack::error::Fault;
use crate::pack::image;

/// The longest side of a subject's texture in pixels; larger ones are scaled down.
const MAX_TEXTURE_SIDE: u32 = 1024;
/// The most pixels that are decoded for one model: sixteen images of 4,096 × 4,096.
const MAX_MODEL_PIXELS: u64 = 1 << 28;
/// Surfaces that reflect more than this at normal incidence are metals; see [`metalness`].
const DIELECTRIC_SPECULAR: f32 = 0.04;

/// A surface, and how its texture coordinates come about.
#[derive(Clone)]
pub(super) struct Dressed {
    pub surface: Arc<Surface>,
    /// Which `TEXCOORD_n` to read.
    pub uv_set: u32,
    /// What to do to it; `KHR_texture_transform`.
    pub uv_transform: Affine2,
    /// Whether there is a texture at all.
    pub textured: bool,
}

/// Loads each material and image once.
pub(super) struct Wardrobe<'a> {
    source: &'a Source,
    images: Vec<Option<Arc<Texture>>>,
    surfaces: Vec<(Option<usize>, Dressed)>,
    pixels: u64,
}

impl<'a> Wardrobe<'a> {
    pub fn new(source: &'a Source) -> Self {
        let images = vec![None; source.document.as_json().images.len()];
        Self { source, images, surfaces: vec![], pixels: 0 }
    }

    /// The surface of a material.
    pub fn dress(&mut self, material: &gltf::Material<'_>, notes: &mut Notes) -> Result<Dressed, Fault> {
        let index = material.index();
        if let Some((_, dressed)) = self.surfaces.iter().find(|(known, _)| *known == index) {
            return Ok(dressed.clone());
        }
        let dressed = self.make(material, notes)?;
        self.surfaces.push((index, dressed.clone()));
        Ok(dressed)
    }

    fn make(&mut self, material: &gltf::Material<'_>, notes: &mut Notes) -> Result<Dressed, Fault> {
        let name =
            material.name().map_or_else(|| format!("{:?}", material.index().unwrap_or(0)), |name| format!("{name:?}"));
        let mut surface = Surface { double_sided: material.double_sided(), ..Surface::default() };
        let mut uv = Uv::default();
        if let Some(old) = material.pbr_specular_glossiness() {
            notes.add(format!("material {name}: specular-glossiness was approximated by metallic-roughness"));
            surface.base_color = old.diffuse_factor();
            surface.base_color_texture = self.texture(old.diffuse_texture(), &mut uv, &name, notes)?;
            surface.metallic = metalness(old.diffuse_factor(), old.specular_factor());
            surface.roughness = 1.0 - old.glossiness_factor();
            if let Some(glossiness) = self.texture(old.specular_glossiness_texture(), &mut uv, &name, notes)? {
                surface.metallic_roughness_texture =
                    Some(Arc::new(roughness_map(&glossiness, old.glossiness_factor())));
                (surface.roughness, surface.metallic) = (1.0, 1.0);
            }
        } else {
            let pbr = material.pbr_metallic_roughness();
            surface.base_color = pbr.base_color_factor();
            surface.base_color_texture = self.texture(pbr.base_color_texture(), &mut uv, &name, notes)?;
            surface.metallic = pbr.metallic_factor();
            surface.roughness = pbr.roughness_factor();
            surface.metallic_roughness_texture =
                self.texture(pbr.metallic_roughness_texture(), &mut uv, &name, notes)?;
        }
        self.emit(material, &mut surface, &mut uv, &name, notes)?;
        if let Some(normal) = material.normal_texture() {
            // The normal texture's own transform is an extension that the library does not read.
            let place = Place {
                set: normal.tex_coord(),
                transform: uv.place.map_or(Affine2::IDENTITY, |place| place.transform),
            };
            if uv.accepts(place) {
                surface.normal_texture = Some(self.image(normal.texture().index())?);
            } else {
                notes.add(format!("material {name}: its normal texture uses other coordinates and was left out"));
            }
        }
        if material.unlit() {
            unlit(&mut surface, &name, notes);
        }
        alpha(material, &mut surface, &name, notes);
        let place = uv.place.unwrap_or_default();
        let textured = uv.place.is_some();
        Ok(Dressed { surface: Arc::new(surface), uv_set: place.set, uv_transform: place.transform, textured })
    }

    /// The factor, and a texture where it is the only colour: surfaces have no emissive texture.
    fn emit(
        &mut self,
        material: &gltf::Material<'_>,
        surface: &mut Surface,
        uv: &mut Uv,
        name: &str,
        notes: &mut Notes,
    ) -> Result<(), Fault> {
        let strength = material.emissive_strength().unwrap_or(1.0);
        let factor = material.emissive_factor().map(|channel| channel * strength);
        if material.emissive_texture().is_none() {
            surface.emissive = factor;
            return Ok(());
        }
        let [red, green, blue, _] = surface.base_color;
        let dark = surface.base_color_texture.is_none() || red.max(green).max(blue) < 0.02;
        if dark && factor != [0.0; 3] {
            notes.add(format!("material {name}: its glowing texture was taken for its colour"));
            // The colour's own coordinates no longer count.
            *uv = Uv::default();
            surface.base_color_texture = self.texture(material.emissive_texture(), uv, name, notes)?;
            surface.base_color = [1.0, 1.0, 1.0, surface.base_color[3]];
            surface.metallic_roughness_texture = None;
            (surface.metallic, surface.roughness) = (0.0, 1.0);
        } else {
            notes.add(format!("material {name}: its emissive texture was left out"));
        }
        Ok(())
    }

    fn texture(
        &mut self,
        info: Option<Info<'_>>,
        uv: &mut Uv,
        material: &str,
        notes: &mut Notes,
    ) -> Result<Option<Arc<Texture>>, Fault> {
        let Some(info) = info else { return Ok(None) };
        if !uv.accepts(Place::of(&info)) {
            notes
                .add(format!("material {material}: a texture uses other coordinates than its colour and was left out"));
            return Ok(None);
        }
        self.image(info.texture().index()).map(Some)
    }

    /// The image behind a texture: its PNG or JPEG, else what an extension names.
    fn image(&mut self, texture: usize) -> Result<Arc<Texture>, Fault> {
        let root = self.source.document.as_json();
        let texture_json = &root.textures[texture];
        let extended = |name: &str| {
            let others = &texture_json.extensions.as_ref()?.others;
            others.get(name)?.get("source")?.as_u64().and_then(|source| usize::try_from(source).ok())
        };
        let index = Some(texture_json.source.value())
            .filter(|source| *source < root.images.len())
            .or_else(|| extended("KHR_texture_basisu"))
            .or_else(|| extended("EXT_texture_webp"));
        let index =
            index.ok_or_else(|| Fault::Invalid(format!("texture {texture} names no image that is supported")))?;
        let slot = self.images.get(index).ok_or_else(|| Fault::Invalid(format!("there is no image {index}")))?;
        if let Some(known) = slot {
            return Ok(known.clone());
        }
        let json = &root.images[index];
        let name = match (&json.name, &json.uri) {
            (_, Some(uri)) if !uri.starts_with("data:") => format!("image {uri:?}"),
            (Some(name), _) => format!("image {index} ({name:?})"),
            _ => format!("image {index}"),
        };
        let fetched;
        let bytes = match (&json.buffer_view, &json.uri) {
            (Some(view), _) => self.source.view(view.value())?,
            (None, Some(uri)) => {
                fetched = self.source.fetch(uri)?;
                &fetched
            }
            (None, None) => return Err(Fault::Invalid(format!("image {index} has no data"))),
        };
        let (width, height) = image::dimensions(bytes, &name)?;
        image::check_size((width, height), &name)?;
        self.pixels += u64::from(width) * u64::from(height);
        if self.pixels > MAX_MODEL_PIXELS {
            return Err(Fault::TooLarge {
                what: "the sum of all textures".into(),
                found: format!("more than {} million pixels", MAX_MODEL_PIXELS >> 20),
                limit: format!("{} million", MAX_MODEL_PIXELS >> 20),
                mend: "scale them down: a texture is used at 1024 pixels a side",
            });
        }
        let texture = Arc::new(image::decode(bytes, MAX_TEXTURE_SIDE, &name)?);
        self.images[index] = Some(texture.clone());
        Ok(texture)
    }
}

/// Which coordinates a texture is looked up with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Place {
    set: u32,
    transform: Affine2,
}

impl Place {
    fn of(info: &Info<'_>) -> Self {
        let Some(transform) = info.texture_transform() else {
            return Self { set: info.tex_coord(), transform: Affine2::IDENTITY };
        };
        // KHR_texture_transform: translation · rotation · scale, where a rotation by r has columns (cos, −sin), (sin, cos).
        let (sin, cos) = ops::sin_cos(transform.rotation());
        let scale = Vec2::from(transform.scale());
        let (x_axis, y_axis) = (Vec2::new(cos, -sin) * scale.x, Vec2::new(sin, cos) * scale.y);
        Self {
            set: transform.tex_coord().unwrap_or(info.tex_coord()),
            transform: Affine2::from_cols(x_axis, y_axis, Vec2::from(transform.offset())),
        }
    }
}

/// The one set of coordinates that a surface can have: that of the first texture.
#[derive(Default)]
struct Uv {
    place: Option<Place>,
}

impl Uv {
    fn accepts(&mut self, place: Place) -> bool {
        *self.place.get_or_insert(place) == place
    }
}

/// Light must be able to fall on a subject: one that glows on its own would look alike under every sky.
fn unlit(surface: &mut Surface, name: &str, notes: &mut Notes) {
    notes.add(format!("material {name}: unlit, drawn as a lit, matt surface"));
    surface.metallic_roughness_texture = None;
    (surface.metallic, surface.roughness) = (0.0, 1.0);
}

/// Holes where the alpha is low; what is evenly translucent (window panes) shows what is behind it, or is solid where it hides
/// most of that.
fn alpha(material: &gltf::Material<'_>, surface: &mut Surface, name: &str, notes: &mut Notes) {
    match material.alpha_mode() {
        AlphaMode::Opaque => {}
        AlphaMode::Mask => surface.alpha_cutoff = Some(material.alpha_cutoff().unwrap_or(0.5)),
        AlphaMode::Blend => {
            let varies = surface.base_color_texture.as_ref().is_some_and(|texture| has_holes(texture));
            if varies {
                notes.add(format!("material {name}: blending became holes where alpha is below 0.5"));
                surface.alpha_cutoff = Some(0.5);
            } else if surface.base_color[3] < 0.02 {
                surface.alpha_cutoff = Some(0.5);
                return;
            } else if surface.base_color[3] < 0.5 {
                surface.translucent = true;
                return;
            } else {
                notes.add(format!("material {name}: evenly translucent, drawn solid"));
            }
        }
    }
    if material.alpha_mode() != AlphaMode::Mask {
        surface.base_color[3] = 1.0;
    }
}

fn has_holes(texture: &Texture) -> bool {
    let (texels, _) = texture.rgba.as_chunks::<4>();
    texels.iter().any(|texel| texel[3] < 128) && texels.iter().any(|texel| texel[3] >= 128)
}

/// Metalness of a specular-glossiness material, by the quadratic of the extension's own conversion notes
/// (`KHR_materials_pbrSpecularGlossiness`, "convert-between-workflows").
fn metalness(diffuse: [f32; 4], specular: [f32; 3]) -> f32 {
    let brightness =
        |[red, green, blue]: [f32; 3]| (0.299 * red * red + 0.587 * green * green + 0.114 * blue * blue).sqrt();
    let (diffuse, reflected) = (brightness([diffuse[0], diffuse[1], diffuse[2]]), brightness(specular));
    if reflected < DIELECTRIC_SPECULAR {
        return 0.0;
    }
    let strongest = specular[0].max(specular[1]).max(specular[2]);
    let a = DIELECTRIC_SPECULAR;
    let b = diffuse * (1.0 - strongest) / (1.0 - DIELECTRIC_SPECULAR) + reflected - 2.0 * DIELECTRIC_SPECULAR;
    let c = DIELECTRIC_SPECULAR - reflected;
    ((-b + (b * b - 4.0 * a * c).max(0.0).sqrt()) / (2.0 * a)).clamp(0.0, 1.0)
}

/// Glossiness lies in the alpha of the specular texture; what shines is taken for varnish, not metal.
fn roughness_map(glossiness: &Texture, factor: f32) -> Texture {
    let (texels, _) = glossiness.rgba.as_chunks::<4>();
    let rough = |texel: &[u8; 4]| 255 - (f32::from(texel[3]) * factor).clamp(0.0, 255.0) as u8;
    let rgba = texels.iter().flat_map(|texel| [0, rough(texel), 0, 255]).collect();
    Texture { width: glossiness.width, height: glossiness.height, rgba }
}
