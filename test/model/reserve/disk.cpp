#include "test/model/reserve/disk.hpp"

namespace revenant::model::reserve {

void Cell::fail(Left left) {
    switch (left) {
        case Left::nothing:
            cache = platter;
            break;
        case Left::cached:
            break;
        case Left::written:
            platter = cache;
            break;
        case Left::torn:
            lose();
            break;
    }
}

void Cell::cut(Cut cut) {
    switch (cut) {
        case Cut::lost:
            cache = platter;
            break;
        case Cut::whole:
            platter = cache;
            break;
        case Cut::torn:
            lose();
            break;
    }
}

}  // namespace revenant::model::reserve
