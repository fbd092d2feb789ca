mod forge;

mod responses;
