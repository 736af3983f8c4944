//! The part of Python's pickle format that PyTorch's checkpoints use, and nothing else.
//!
//! A pickle is a program for a stack machine that may call any Python function. This reader knows the handful of calls
//! that rebuild tensors and refuses a file that makes any other, so nothing in a file is ever run. `burn-store` reads
//! pickles safely too, but takes no notice of strides and puts zeros where a tensor's data are missing, which would give
//! a network that is quietly wrong.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem::take;
use std::rc::Rc;

use super::tensor::{ElementType, TensorPlace};

/// What a pickle holds.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// `None`, a number that is not whole, bytes: whatever has no part in a tensor.
    Other,
    Int(i64),
    Text(Rc<str>),
    Tuple(Rc<Vec<Value>>),
    List(Rc<RefCell<Vec<Value>>>),
    Dict(Rc<RefCell<Vec<(Value, Value)>>>),
    Global(Rc<str>),
    Storage {
        element: ElementType,
        key: Rc<str>,
    },
    Tensor(Rc<TensorPlace>),
    Mark,
}

/// Values lie in values as deep as a file likes; dropped one by one they do not overflow the stack.
impl Drop for Value {
    fn drop(&mut self) {
        let mut left = Vec::new();
        self.give_up(&mut left);
        while let Some(mut value) = left.pop() {
            value.give_up(&mut left);
        }
    }
}

impl Value {
    /// Moves what only this value holds.
    fn give_up(&mut self, to: &mut Vec<Value>) {
        match self {
            Self::Tuple(values) => to.append(Rc::get_mut(values).unwrap_or(&mut Vec::new())),
            Self::List(values) => to.extend(Rc::get_mut(values).into_iter().flat_map(|values| take(values.get_mut()))),
            Self::Dict(pairs) => {
                let pairs = Rc::get_mut(pairs).map(|pairs| take(pairs.get_mut()));
                to.extend(pairs.into_iter().flatten().flat_map(|(key, value)| [key, value]));
            }
            _ => {}
        }
    }

    fn text(&self) -> Result<&str, String> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err("a name is not a string".into()),
        }
    }

    fn size(&self) -> Result<usize, String> {
        match self {
            Self::Int(value) => usize::try_from(*value).map_err(|_| "a size is negative".into()),
            _ => Err("a size is not a whole number".into()),
        }
    }

    fn sizes(&self) -> Result<Vec<usize>, String> {
        match self {
            Self::Tuple(values) => values.iter().map(Self::size).collect(),
            _ => Err("a shape is not a tuple".into()),
        }
    }
}

/// Python names that may occur, beside those of storages: `torch.FloatStorage` and its kind.
const ALLOWED: [&str; 4] = [
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_parameter",
];

fn global(module: &str, name: &str) -> Result<Value, String> {
    let full = format!("{module}.{name}");
    let storage = module == "torch" && ElementType::of_storage(name).is_some();
    if !storage && !ALLOWED.contains(&full.as_str()) {
        return Err(format!(
            "it asks Python for `{full}`. Only tensors are read from a pickle and no code is run; save the network's \
             `state_dict()` instead of the network, or write .safetensors"
        ));
    }
    Ok(Value::Global(full.into()))
}

/// Runs the pickle at the start of `bytes`, which are moved on past its end.
pub(super) fn read(bytes: &mut &[u8]) -> Result<Value, String> {
    Machine { bytes, stack: Vec::new(), memo: BTreeMap::new() }.run()
}

struct Machine<'a, 'b> {
    bytes: &'a mut &'b [u8],
    stack: Vec<Value>,
    memo: BTreeMap<u32, Value>,
}

impl Machine<'_, '_> {
    fn run(mut self) -> Result<Value, String> {
        loop {
            let [code] = self.take()?;
            match code {
                0x80 => _ = self.take::<1>()?, // PROTO
                0x95 => _ = self.take::<8>()?, // FRAME
                b'(' => self.stack.push(Value::Mark),
                b'N' | 0x88 | 0x89 => self.stack.push(Value::Other), // None, True, False
                b'J' => self.int_of(|machine| Ok(i64::from(i32::from_le_bytes(machine.take()?))))?,
                b'K' => self.int_of(|machine| Ok(i64::from(machine.take::<1>()?[0])))?,
                b'M' => self.int_of(|machine| Ok(i64::from(u16::from_le_bytes(machine.take()?))))?,
                0x8a => self.long()?,
                b'G' => {
                    self.take::<8>()?;
                    self.stack.push(Value::Other);
                }
                b'X' | b'T' => {
                    let length = u32::from_le_bytes(self.take()?);
                    self.string(length as usize)?;
                }
                0x8c | b'U' => {
                    let [length] = self.take()?;
                    self.string(usize::from(length))?;
                }
                b'c' => {
                    let (module, name) = (self.line()?, self.line()?);
                    self.stack.push(global(&module, &name)?);
                }
                0x93 => {
                    let (name, module) = (self.pop()?, self.pop()?);
                    self.stack.push(global(module.text()?, name.text()?)?);
                }
                b')' => self.stack.push(Value::Tuple(Rc::default())),
                0x85..=0x87 => {
                    let start = self.stack.len().checked_sub(usize::from(code) - 0x84).ok_or("its stack runs empty")?;
                    let values = self.stack.split_off(start);
                    self.stack.push(Value::Tuple(values.into()));
                }
                b't' => {
                    let values = self.take_to_mark()?;
                    self.stack.push(Value::Tuple(values.into()));
                }
                b']' => self.stack.push(Value::List(Rc::default())),
                b'}' => self.stack.push(Value::Dict(Rc::default())),
                b'a' => {
                    let value = self.pop()?;
                    self.append(vec![value])?;
                }
                b'e' => {
                    let values = self.take_to_mark()?;
                    self.append(values)?;
                }
                b's' => {
                    let (value, key) = (self.pop()?, self.pop()?);
                    self.insert(vec![key, value])?;
                }
                b'u' => {
                    let values = self.take_to_mark()?;
                    self.insert(values)?;
                }
                b'q' => {
                    let [index] = self.take()?;
                    self.remember(u32::from(index))?;
                }
                b'r' => {
                    let index = u32::from_le_bytes(self.take()?);
                    self.remember(index)?;
                }
                0x94 => self.remember(self.memo.len() as u32)?,
                b'h' => {
                    let [index] = self.take()?;
                    self.recall(u32::from(index))?;
                }
                b'j' => {
                    let index = u32::from_le_bytes(self.take()?);
                    self.recall(index)?;
                }
                b'Q' => {
                    let id = self.pop()?;
                    self.stack.push(storage(&id)?);
                }
                b'R' => {
                    let (arguments, function) = (self.pop()?, self.pop()?);
                    self.stack.push(call(&function, &arguments)?);
                }
                // A state for the object below: dictionaries of tensors carry version numbers of modules there.
                b'b' => match (self.pop()?, self.stack.last()) {
                    (_, Some(Value::Dict(_))) => {}
                    _ => return Err("it sets the state of an object that is not a dictionary".into()),
                },
                b'.' => return self.pop(),
                _ => return Err(format!("its pickle has the instruction {code:#04x}, which no checkpoint needs")),
            }
        }
    }

    fn bytes(&mut self, count: usize) -> Result<&[u8], String> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or("its pickle is cut off")?;
        *self.bytes = rest;
        Ok(taken)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.bytes(N)?.try_into().map_err(|_| "its pickle is cut off".into())
    }

    fn line(&mut self) -> Result<String, String> {
        let length = self.bytes.iter().position(|&byte| byte == b'\n').ok_or("its pickle is cut off")?;
        let line = String::from_utf8_lossy(self.bytes(length)?).into_owned();
        self.take::<1>()?;
        Ok(line)
    }

    fn string(&mut self, length: usize) -> Result<(), String> {
        let text: Rc<str> = String::from_utf8_lossy(self.bytes(length)?).into();
        self.stack.push(Value::Text(text));
        Ok(())
    }

    fn int_of(&mut self, read: impl FnOnce(&mut Self) -> Result<i64, String>) -> Result<(), String> {
        let value = read(self)?;
        self.stack.push(Value::Int(value));
        Ok(())
    }

    /// A whole number of up to 255 bytes; beyond 8 it has no part in a tensor.
    fn long(&mut self) -> Result<(), String> {
        let [length] = self.take()?;
        let bytes = self.bytes(usize::from(length))?;
        let value = if bytes.len() > 8 {
            Value::Other
        } else {
            let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
            let mut whole = [if negative { 0xff } else { 0 }; 8];
            whole[..bytes.len()].copy_from_slice(bytes);
            Value::Int(i64::from_le_bytes(whole))
        };
        self.stack.push(value);
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, String> {
        self.stack.pop().ok_or_else(|| "its stack runs empty".into())
    }

    fn take_to_mark(&mut self) -> Result<Vec<Value>, String> {
        let mark = self.stack.iter().rposition(|value| matches!(value, Value::Mark)).ok_or("its stack runs empty")?;
        let values = self.stack.split_off(mark + 1);
        self.stack.pop();
        Ok(values)
    }

    fn append(&mut self, values: Vec<Value>) -> Result<(), String> {
        match self.stack.last() {
            Some(Value::List(list)) => list.borrow_mut().extend(values),
            _ => return Err("it appends to something that is not a list".into()),
        }
        Ok(())
    }

    fn insert(&mut self, values: Vec<Value>) -> Result<(), String> {
        match self.stack.last() {
            Some(Value::Dict(dict)) => {
                let pairs = values.as_chunks::<2>().0.iter().map(|[key, value]| (key.clone(), value.clone()));
                dict.borrow_mut().extend(pairs);
            }
            _ => return Err("it inserts into something that is not a dictionary".into()),
        }
        Ok(())
    }

    fn remember(&mut self, index: u32) -> Result<(), String> {
        let value = self.stack.last().ok_or("its stack runs empty")?.clone();
        self.memo.insert(index, value);
        Ok(())
    }

    fn recall(&mut self, index: u32) -> Result<(), String> {
        let value = self.memo.get(&index).ok_or("it recalls what it never stored")?.clone();
        self.stack.push(value);
        Ok(())
    }
}

/// `('storage', torch.FloatStorage, '0', 'cpu', 864)`.
fn storage(id: &Value) -> Result<Value, String> {
    let wrong = || "a reference to data is not one of PyTorch's".to_owned();
    let Value::Tuple(parts) = id else { return Err(wrong()) };
    match parts.as_slice() {
        [Value::Text(kind), Value::Global(class), Value::Text(key), ..] if &**kind == "storage" => {
            let element = class.strip_prefix("torch.").and_then(ElementType::of_storage).ok_or_else(wrong)?;
            Ok(Value::Storage { element, key: key.clone() })
        }
        _ => Err(wrong()),
    }
}

fn call(function: &Value, arguments: &Value) -> Result<Value, String> {
    let (Value::Global(name), Value::Tuple(arguments)) = (function, arguments) else {
        return Err("it calls something that is not a function".into());
    };
    match (&**name, arguments.as_slice()) {
        ("collections.OrderedDict", []) => Ok(Value::Dict(Rc::default())),
        ("torch._utils._rebuild_parameter", [tensor @ Value::Tensor(_), ..]) => Ok(tensor.clone()),
        (
            "torch._utils._rebuild_tensor_v2" | "torch._utils._rebuild_tensor",
            [Value::Storage { element, key }, offset, shape, strides, ..],
        ) => {
            let (offset, shape, strides) = (offset.size()?, shape.sizes()?, strides.sizes()?);
            if shape.len() != strides.len() {
                return Err("a tensor has more or fewer strides than dimensions".into());
            }
            Ok(Value::Tensor(Rc::new(TensorPlace {
                element: *element,
                storage: key.to_string(),
                offset,
                shape,
                strides,
            })))
        }
        _ => Err(format!("it calls `{name}` with arguments that PyTorch never gives it")),
    }
}
